/// Reads a finished workbook back. libxlsxwriter does not look at what its writes return, so on a full disk it reports
/// success over a file that is cut or has holes.
///
/// What libxlsxwriter wrote is inflated and looked through. Sheets whose rows we wrote and deflated ourselves are compared
/// with the checksum of what was written; to inflate them again would show only that zlib undoes what it did.
enum WorkbookCheck {
    /// Checks that every part is there with its size and checksum, that its XML is closed, and that each sheet holds as
    /// many cells as were written.
    ///
    /// - Parameters:
    ///   - cellCounts: of each sheet that has no seal.
    ///   - seals: of the sheets that we wrote, by the names of their parts.
    static func verify(path: String, cellCounts: [Int], seals: [String: PartSeal] = [:]) throws(WorkbookError) {
        do throws(ZipReader.Damage) { try verifyParts(path, cellCounts, seals) } catch {
            throw .notWhole(path: path, reason: error.reason)
        }
    }

    private static func verifyParts(_ path: String, _ cellCounts: [Int], _ seals: [String: PartSeal])
        throws(ZipReader.Damage)
    {
        let archive = try ZipReader(path: path)
        var missing = Set(["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"])
        var expectedCells: [String: Int] = [:]
        for (index, count) in cellCounts.enumerated() {
            let name = WorkbookAssembly.partName(index)
            missing.insert(name)
            expectedCells[name] = count
        }
        for entry in try archive.directory() {
            missing.remove(entry.name)
            if let seal = seals[entry.name] {
                try archive.compare(entry, with: seal)
                continue
            }
            var tags = XMLTagCheck()
            try archive.read(entry) { piece throws(ZipReader.Damage) in tags.add(piece) }
            guard tags.isWhole else { throw ZipReader.Damage(reason: "\(entry.name) is not well-formed") }
            if let expected = expectedCells[entry.name], expected != tags.cellCount {
                throw ZipReader.Damage(reason: "\(entry.name) has \(tags.cellCount) cells instead of \(expected)")
            }
        }
        if let name = missing.min() { throw ZipReader.Damage(reason: "\(name) is missing") }
    }
}
