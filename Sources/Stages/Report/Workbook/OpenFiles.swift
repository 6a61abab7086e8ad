import Glibc

/// Looks whether the process may open the files that a workbook needs: libxlsxwriter prints its own messages when it
/// cannot open a temporary file, and gives no reason.
enum OpenFiles {
    /// For each sheet libxlsxwriter opens a temporary file, and we open one for the rows of each table.
    static let perSheet = 2
    /// The archives, and what libxlsxwriter opens to put its own together.
    static let besides = 6

    static func check(sheets: Int) throws(WorkbookError) {
        let needed = sheets * perSheet + besides
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        for _ in 0..<needed {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if descriptor < 0 { throw .tooFewOpenFiles(needed: needed, reason: String(cString: strerror(errno))) }
            opened.append(descriptor)
        }
    }
}
