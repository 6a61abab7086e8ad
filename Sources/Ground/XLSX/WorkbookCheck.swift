/// Reads a finished workbook back. libxlsxwriter does not look at what its writes return, so on a full disk it reports
/// success over a file that is cut or has holes.
///
/// What libxlsxwriter wrote is inflated and parsed. Sheets whose rows we wrote and deflated ourselves are compared with the
/// checksum of what was written; to inflate them again would show only that zlib undoes what it did.
enum WorkbookCheck {
    /// Checks that every part is there with its size and checksum, that its XML is well-formed, and that each sheet holds as
    /// many cells as were written.
    ///
    /// - Parameters:
    ///   - byteCount: of the file.
    ///   - cellCounts: of each sheet that has no seal.
    ///   - seals: of the sheets that we wrote, by the names of their parts.
    static func verify(
        path: String, byteCount: UInt64, cellCounts: [Int], seals: [String: PartSeal] = [:]
    ) throws(WorkbookError) {
        do throws(XLSXError) {
            let archive = try ZipArchive(path: path)
            if archive.byteCount != byteCount {
                throw .archive("it has \(archive.byteCount) bytes instead of \(byteCount)")
            }
            try verifyParts(archive, cellCounts, seals)
        } catch { throw .notWhole(path: path, reason: error.message) }
    }

    private static func verifyParts(
        _ archive: ZipArchive, _ cellCounts: [Int], _ seals: [String: PartSeal]
    ) throws(XLSXError) {
        var cells: [String: Int] = [:]
        for (index, count) in cellCounts.enumerated() { cells[WorkbookAssembly.partName(ofSheet: index)] = count }
        let needed = ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"] + cells.keys.sorted()
        let names = Set(archive.parts.map(\.name))
        if let missing = needed.first(where: { !names.contains($0) }) { throw .missingPart(missing) }
        for part in archive.parts {
            if let seal = seals[part.name] {
                try archive.compare(part, with: seal)
            } else {
                let found = try cellCount(of: part.name, archive)
                if let expected = cells[part.name], expected != found {
                    throw .archive("\(part.name) has \(found) cells instead of \(expected)")
                }
            }
        }
    }

    private static func cellCount(of part: String, _ archive: ZipArchive) throws(XLSXError) -> Int {
        let counter = CellCounter()
        try archive.parse(part, counter)
        return counter.count
    }
}

/// Counts the cells of a sheet.
private final class CellCounter: XMLHandler {
    private(set) var count = 0

    func start(_ name: borrowing XMLName, _ attributes: borrowing XMLAttributes) { if name == "c" { count += 1 } }
    func end(_ name: borrowing XMLName) {}
    func text(_ bytes: Span<UInt8>) {}
}
