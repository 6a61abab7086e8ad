import Glibc
import Testing

/// Files in Tests/Support/Golden against which whole outputs are held. With REFUND_RECON_RECORD set they are written anew, and
/// the test fails so that nobody takes that for agreement.
enum Golden {
    static func check(_ name: String, _ content: String) throws {
        let folder = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Support/Golden"
        let path = "\(folder)/\(name)"
        if getenv("REFUND_RECON_RECORD") != nil {
            let file = try #require(fopen(path, "w"))
            fputs(content, file)
            fclose(file)
            Issue.record("\(path) was recorded; look at it")
            return
        }
        let (mine, golden) = (content.split(separator: "\n"), try read(path).split(separator: "\n"))
        let first = zip(mine, golden).first { $0 != $1 }
        #expect(first == nil, "\(name): \(first?.0 ?? "") where \(first?.1 ?? "") stood")
        #expect(mine.count == golden.count)
    }

    private static func read(_ path: String) throws -> String {
        let file = try #require(fopen(path, "r"), "\(path) is missing")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
