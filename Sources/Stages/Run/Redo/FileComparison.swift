import Files

/// Where two files first differ.
struct FileComparison: Sendable, Equatable {
    /// nil if they are the same, byte for byte.
    let difference: String?

    /// - Parameters:
    ///   - report: the file of the report.
    ///   - again: the file as it was made again.
    init(_ report: RegularFile, _ again: RegularFile) throws {
        var (position, line) = (0, 1)
        while true {
            try Task.checkCancellation()
            let (left, right) = (try report.next(), try again.next())
            if left.isEmpty, right.isEmpty { break }
            if left != right {
                let same = zip(left, right).prefix { $0 == $1 }.count
                line += left[..<same].count { $0 == 0x0A }
                difference = "byte \(position + same + 1), line \(line)"
                return
            }
            position += left.count
            line += left.count { $0 == 0x0A }
        }
        difference = nil
    }
}
