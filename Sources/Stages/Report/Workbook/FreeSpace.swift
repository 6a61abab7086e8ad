import Glibc

/// Looks at a folder's free space before a workbook is begun: libxlsxwriter corrupts silently on a full disk.
enum FreeSpace {
    /// What a row may take in the temporary folder: spooled, deflated, in the tables that it stands in, measured generously
    /// on rows of ordinary texts.
    static let temporaryBytesPerRow: UInt64 = 1_000
    /// What a row may take in the finished, compressed file.
    static let fileBytesPerRow: UInt64 = 500
    static let fixedBytes: UInt64 = 2_000_000

    static func check(rows: Int, path: String, temporaryDirectory: String) throws(WorkbookError) {
        try require(UInt64(rows) * temporaryBytesPerRow + fixedBytes, in: temporaryDirectory)
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        try require(UInt64(rows) * fileBytesPerRow + fixedBytes, in: folder)
    }

    /// A folder that cannot be looked at is missing, and would otherwise be noticed only when all rows are written.
    private static func require(_ neededBytes: UInt64, in folder: String) throws(WorkbookError) {
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else { throw .cannotCreate(path: folder) }
        let availableBytes = UInt64(information.f_bavail) * UInt64(information.f_frsize)
        if availableBytes < neededBytes {
            throw .notEnoughSpace(path: folder, neededBytes: neededBytes, availableBytes: availableBytes)
        }
    }
}
