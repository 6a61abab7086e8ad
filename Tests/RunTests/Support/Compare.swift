/// Where two texts part, in a line that a person can read; nil if they are equal to the byte.
func firstDifference(_ expected: [UInt8], _ written: [UInt8]) -> String? {
    if expected == written { return nil }
    let (left, right) = (lines(expected), lines(written))
    let line =
        zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(left.count, right.count)
    func text(_ lines: [ArraySlice<UInt8>]) -> String {
        line < lines.count ? String(decoding: lines[line], as: UTF8.self) : "(no such line)"
    }
    return "line \(line + 1) of \(left.count) and \(right.count): expected \(text(left)), written \(text(right))"
}

private func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
}
