/// A file or a folder of ours that could not be written, and why.
public struct WriteError: Error, Sendable, Equatable, CustomStringConvertible {
    public let path: String
    public let cause: SystemError

    public init(path: String, cause: SystemError) {
        self.path = path
        self.cause = cause
    }

    public var description: String { "\(path): \(cause)" }
}

extension FileSystem {
    /// Runs `body`, which writes to a path; an error names the path.
    public static func writing<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(WriteError) -> Result {
        do throws(SystemError) { return try body() } catch { throw WriteError(path: path, cause: error) }
    }

    /// Gives a file or folder another path, as `rename` does.
    public static func move(_ path: String, to newPath: String) throws(WriteError) {
        try writing(newPath) { () throws(SystemError) in try rename(path, to: newPath) }
    }

    /// Returns when the names in a folder are on the disk.
    public static func settleNames(in folder: String) throws(WriteError) {
        try writing(folder) { () throws(SystemError) in try syncFolder(folder) }
    }

    /// The names in a folder, as `names(in:)` gives them; none if it cannot be read.
    public static func readableNames(in folder: String) -> [String] { (try? names(in: folder)) ?? [] }
}
