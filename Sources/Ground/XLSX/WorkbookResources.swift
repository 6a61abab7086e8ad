import Files

/// Looks before a workbook is begun whether there is room for it.
enum WorkbookResources {
    /// What a row may take in the temporary folder: spooled, deflated, in the tables that show it, measured generously on
    /// rows of ordinary texts.
    private static let temporaryBytesPerRow: UInt64 = 1_000
    /// What a row may take in the finished, compressed file.
    private static let fileBytesPerRow: UInt64 = 500
    private static let fixedBytes: UInt64 = 2_000_000

    /// Looks at the free space of the folders: libxlsxwriter corrupts silently on a full disk.
    static func checkSpace(rows: Int, path: String, temporaryDirectory: String) throws(WorkbookError) {
        try require(UInt64(rows) * temporaryBytesPerRow + fixedBytes, in: temporaryDirectory)
        try require(UInt64(rows) * fileBytesPerRow + fixedBytes, in: FileSystem.folder(of: path))
    }

    /// A folder that cannot be looked at is missing, and would otherwise be noticed only when all rows are written.
    private static func require(_ neededBytes: UInt64, in folder: String) throws(WorkbookError) {
        let available: UInt64
        do throws(SystemError) { available = try FileSystem.freeByteCount(at: folder) } catch {
            throw .cannotCreate(path: folder)
        }
        if available < neededBytes {
            throw .notEnoughSpace(path: folder, neededBytes: neededBytes, availableBytes: available)
        }
    }

    /// For each sheet libxlsxwriter opens a temporary file, and we open one for the rows of each table.
    private static let filesPerSheet = 2
    /// The archives, and what libxlsxwriter opens to put its own together.
    private static let otherFiles = 6

    /// Opens as many files as are needed, and closes them: libxlsxwriter prints its own messages when it cannot open a
    /// temporary file, and gives no reason.
    static func checkOpenFiles(sheets: Int) throws(WorkbookError) {
        let needed = sheets * filesPerSheet + otherFiles
        var opened: [File] = []
        do throws(SystemError) {
            while opened.count < needed { opened.append(try File("/dev/null", to: .read)) }
        } catch { throw .tooFewOpenFiles(needed: needed, reason: "\(error)") }
    }
}
