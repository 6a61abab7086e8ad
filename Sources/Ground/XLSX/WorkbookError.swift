/// Why there is no workbook. Whatever the cause, no half-written file stays behind.
package enum WorkbookError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file could not be created.
    case cannotCreate(path: String)
    /// The file, or a spool file beside it, could not be written; the system's message.
    case cannotWrite(path: String, reason: String)
    /// zlib refused to deflate.
    case deflate
    /// A call of libxlsxwriter failed; its error number and words.
    case library(operation: String, code: UInt32, message: String)
    /// libxlsxwriter found no memory.
    case noMemory
    /// The workbook was not written as it must be: a mistake of ours.
    case inconsistent(String)
    /// A folder has less free space than the workbook may need.
    case notEnoughSpace(path: String, neededBytes: UInt64, availableBytes: UInt64)
    /// The process may not open as many more files as the workbook needs while it is written.
    case tooFewOpenFiles(needed: Int, reason: String)
    /// The rows that were written are not those that the control totals count.
    case rowCount(expected: Int, found: Int)
    /// The file that was read back differs from the one written; libxlsxwriter does not notice a full disk.
    case notWhole(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotCreate(let path): "cannot create the workbook \(path)"
        case .cannotWrite(let path, let reason): "\(path): \(reason)"
        case .deflate: "zlib cannot deflate the workbook"
        case .library(let operation, let code, let message): "\(operation): \(message) (libxlsxwriter error \(code))"
        case .noMemory: "there is no memory for the workbook"
        case .inconsistent(let reason): "the workbook cannot be written: \(reason)"
        case .notEnoughSpace(let path, let needed, let available):
            "\(path) has \(available) bytes free, and the workbook may need \(needed)"
        case .tooFewOpenFiles(let needed, let reason):
            "the workbook needs \(needed) more open files (\(reason)): raise the limit, for example with ulimit -n 256"
        case .rowCount(let expected, let found):
            "the workbook was given \(found) rows, but the control totals count \(expected)"
        case .notWhole(let path, let reason): "the workbook \(path) is not whole: \(reason)"
        }
    }
}
