import Files
import Glibc

/// A temporary folder that only its owner can look into, in `TMPDIR`, else in `/tmp`.
struct PrivateFolder: Sendable {
    let path: String

    init() throws(RunError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        var template = Array("\(parent.isEmpty ? "/tmp" : parent)/refund-recon-redo-XXXXXX".utf8CString)
        // Made with mode 0700.
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
            throw RunError(
                .cannotWrite, "cannot make a temporary folder in \(parent.isEmpty ? "/tmp" : parent): \(errnoText())")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Makes a folder in it and gives its path.
    func makeFolder(_ name: String) throws(RunError) -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 else { throw RunError(.cannotWrite, "\(folder): \(errnoText())") }
        return folder
    }

    /// Removes it with all that is in it.
    func remove() { Self.remove(path) }

    private static func remove(_ folder: String) {
        for name in folderNames(folder) {
            let path = "\(folder)/\(name)"
            if unlink(path) != 0 { remove(path) }
        }
        rmdir(folder)
    }
}
