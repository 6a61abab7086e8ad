import CGlue
import Crypto
import Files
import Glibc
import Memory
import Refunds
import Report

/// A file of the report while it is written: hashed as it goes, synced before it is published.
final class OutputFile {
    let name: String
    private(set) var bytes = 0
    private let descriptor: Int32
    private var hash = SHA256()
    /// How much of it the system has been asked to write to the disk.
    private var startedBytes = 0
    private static let stepBytes = 8 << 20

    /// Creates the file; it must not exist.
    init(folder: String, name: String) throws(RunError) {
        self.name = name
        descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunError(.cannotWrite, "\(folder)/\(name): \(errnoText())") }
    }

    deinit { close(descriptor) }

    func write(_ content: [UInt8]) throws(RunError) {
        try content.withUnsafeBufferPointer { (bytes) throws(RunError) in try write(bytes) }
    }

    func write(_ content: borrowing ByteWriter) throws(RunError) {
        try content.withBytes { (bytes) throws(RunError) in try write(bytes) }
    }

    private func write(_ content: UnsafeBufferPointer<UInt8>) throws(RunError) {
        hash.update(bufferPointer: UnsafeRawBufferPointer(content))
        bytes += content.count
        var start = 0
        while start < content.count {
            let count = Glibc.write(descriptor, content.baseAddress.map { $0 + start }, content.count - start)
            if count < 0 {
                if errno == EINTR { continue }
                throw RunError(.cannotWrite, "\(name): \(errnoText())")
            }
            start += count
        }
        startWriting()
    }

    /// Lets the system begin to write what is there, so that little is left to wait for in the end. A hint: that it fails means
    /// nothing.
    private func startWriting() {
        guard bytes - startedBytes >= Self.stepBytes else { return }
        cglue_start_writing(descriptor, Int64(startedBytes), Int64(bytes - startedBytes))
        startedBytes = bytes
    }

    /// Makes sure that a file which another library wrote is on the disk.
    static func sync(_ path: String) throws(RunError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw RunError(.cannotWrite, "\(path): \(errnoText())") }
    }

    /// Makes sure that the content is on the disk and gives its evidence.
    ///
    /// - Parameter rows: how many records it holds.
    func finish(rows: Int? = nil) throws(RunError) -> OutputEvidence {
        guard fsync(descriptor) == 0 else { throw RunError(.cannotWrite, "\(name): \(errnoText())") }
        return OutputEvidence(name: name, sha256: hash.finalize().hex, bytes: bytes, rows: rows)
    }
}

extension Sequence where Element == UInt8 {
    /// Lower-case hexadecimal digits.
    var hex: String {
        var digits: [UInt8] = []
        for byte in self {
            digits.append(hexDigits[Int(byte >> 4)])
            digits.append(hexDigits[Int(byte & 15)])
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

/// A SHA-256 in the making.
struct FileHash {
    private var hash = SHA256()

    mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

    mutating func update(_ bytes: borrowing ByteWriter) {
        bytes.withBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// Lower-case hexadecimal digits.
    var hex: String { hash.finalize().hex }
}

/// The SHA-256 of bytes in memory, as hexadecimal digits.
func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
    return hash.finalize().hex
}
