/// Puts the workbook together: the parts as libxlsxwriter wrote them, and in its table sheets, of which it wrote the frame
/// and the header, the rows.
enum WorkbookAssembly {
    /// Writes the archive.
    ///
    /// - Parameters:
    ///   - path: the archive.
    ///   - frame: the archive that libxlsxwriter wrote, with an empty table in each table sheet.
    ///   - sheets: of the workbook, in their order.
    /// - Returns: how many bytes the archive has, and the seals of the sheets that got rows, by the names of their parts.
    static func write(
        _ path: String, frame: String, sheets: [Sheet]
    ) throws(WorkbookError) -> (byteCount: UInt64, seals: [String: PartSeal]) {
        var tables: [String: SheetRows] = [:]
        for (index, sheet) in sheets.enumerated() {
            guard let rows = sheet.rows else { continue }
            try rows.finish()
            if !rows.isEmpty { tables[partName(ofSheet: index)] = rows }
        }
        let parts: [FramePart]
        do throws(XLSXError) { parts = try read(frame, tables: Set(tables.keys)) } catch {
            throw .notWhole(path: frame, reason: error.message)
        }
        let archive = try ZipWriter(path: path)
        var seals: [String: PartSeal] = [:]
        for part in parts {
            if let rows = tables[part.entry.name] {
                seals[part.entry.name] = try write(rows, into: part.content, named: part.entry.name, archive)
            } else {
                try archive.begin(part.entry)
                try archive.write(part.content)
            }
        }
        try archive.finish()
        return (archive.offset, seals)
    }

    /// How libxlsxwriter names the part of a sheet.
    static func partName(ofSheet index: Int) -> String { "xl/worksheets/sheet\(index + 1).xml" }

    /// A part of the frame: inflated if rows go into it, else as it is in the archive.
    private struct FramePart {
        let entry: ZipPart
        let content: [UInt8]
    }

    private static func read(_ frame: String, tables: Set<String>) throws(XLSXError) -> [FramePart] {
        let archive = try ZipArchive(path: frame)
        var parts: [FramePart] = []
        for entry in archive.parts {
            let content = try archive.content(of: entry.name, isInflated: tables.contains(entry.name))
            parts.append(FramePart(entry: entry, content: content))
        }
        return parts
    }

    /// Writes a sheet: the frame up to the end of its rows, the rows, and the rest of the frame.
    private static func write(
        _ rows: SheetRows, into frame: [UInt8], named name: String, _ archive: ZipWriter
    ) throws(WorkbookError) -> PartSeal {
        guard let place = frame.lastPlace(of: Array("</sheetData>".utf8)) else {
            throw .notWhole(path: name, reason: "its frame has no rows")
        }
        // It states the cells that the filter reaches over, so those of the rows too.
        let head = try DeflatedChunk(Array(frame[..<place]), isLast: false)
        let tail = try DeflatedChunk(Array(frame[place...]), isLast: true)
        var seal = head.seal
        seal.append(rows.seal)
        seal.append(tail.seal)
        try archive.begin(ZipPart(name: name, deflatedTo: seal))
        try archive.write(head.compressed)
        try rows.readBack { piece throws(WorkbookError) in try archive.write(piece) }
        try archive.write(tail.compressed)
        return seal
    }
}

extension [UInt8] {
    /// The place where a text is found last; nil if it is not there.
    fileprivate func lastPlace(of text: [UInt8]) -> Int? {
        guard count >= text.count else { return nil }
        return (0...count - text.count).last { self[$0..<$0 + text.count].elementsEqual(text) }
    }
}
