import Files
import Glibc

@testable import Sandbox

/// Calls `body` with the path of a file that holds the bytes and is gone afterwards.
func withTemporaryFile<R>(_ bytes: [UInt8], suffix: String = ".jsonl", _ body: (String) throws -> R) throws -> R {
    var template = Array("/tmp/sandbox-test-XXXXXX\(suffix)".utf8CString)
    let descriptor = mkstemps(&template, Int32(suffix.utf8.count))
    guard descriptor >= 0 else { throw RawConnection.Failure(description: "mkstemps: \(errno)") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        close(descriptor)
        unlink(path)
    }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { throw RawConnection.Failure(description: "write: \(errno)") }
        rest = rest.dropFirst(count)
    }
    return try body(path)
}

/// What a gzip stream holds; throws where it is cut short.
func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    try withTemporaryFile(bytes, suffix: ".gz") { try InputBytes.read(InputFile(path: $0)) }
}
