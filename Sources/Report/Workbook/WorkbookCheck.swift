/// Reads a finished workbook back. libxlsxwriter does not look at what its writes return, so on a full disk it reports
/// success over a file that is cut or has holes.
enum WorkbookCheck {
    /// Checks that every part is there with its size and checksum, that its XML is closed, and that each sheet holds as
    /// many cells as were written.
    static func verify(path: String, cellCounts: [Int]) throws(WorkbookError) {
        do throws(ZipReader.Damage) { try verifyParts(path, cellCounts) } catch {
            throw .notWhole(path: path, reason: error.reason)
        }
    }

    private static func verifyParts(_ path: String, _ cellCounts: [Int]) throws(ZipReader.Damage) {
        let archive = try ZipReader(path: path)
        var missing = Set(["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"])
        var expectedCells: [String: Int] = [:]
        for (index, count) in cellCounts.enumerated() {
            let name = "xl/worksheets/sheet\(index + 1).xml"
            missing.insert(name)
            expectedCells[name] = count
        }
        for entry in try archive.directory() {
            var tags = XMLTagCheck()
            try archive.read(entry) { piece throws(ZipReader.Damage) in tags.add(piece) }
            guard tags.isWhole else { throw ZipReader.Damage(reason: "\(entry.name) is not well-formed") }
            if let expected = expectedCells[entry.name], expected != tags.cellCount {
                throw ZipReader.Damage(reason: "\(entry.name) has \(tags.cellCount) cells instead of \(expected)")
            }
            missing.remove(entry.name)
        }
        if let name = missing.min() { throw ZipReader.Damage(reason: "\(name) is missing") }
    }
}
