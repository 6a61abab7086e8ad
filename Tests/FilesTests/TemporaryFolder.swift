import Files

/// A folder for one test, which is removed with all that is in it.
final class TemporaryFolder {
    let path: String

    init() throws { path = try FileSystem.makeTemporaryFolder(prefix: "files-test-") }

    deinit { FileSystem.removeAll(path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a file and gives its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = try File(file(name), to: .create)
        try file.write(Array(text.utf8))
        return self.file(name)
    }
}

/// The content of a small file.
func text(_ path: String) throws -> String {
    String(decoding: try File(path, to: .read).read(upTo: 1 << 20), as: UTF8.self)
}
