/// Puts the workbook together: the parts as libxlsxwriter wrote them, and in its table sheets, of which it wrote the frame
/// and the header, the rows.
enum WorkbookAssembly {
    /// Writes the archive.
    ///
    /// - Parameters:
    ///   - path: the archive.
    ///   - frame: the archive that libxlsxwriter wrote, with an empty table in each table sheet.
    ///   - sheets: of the workbook, in their order.
    /// - Returns: the seals of the sheets that got rows, by the names of their parts.
    static func write(_ path: String, frame: String, sheets: [Sheet]) throws(WorkbookError) -> [String: PartSeal] {
        var tables: [String: Sheet] = [:]
        for (index, sheet) in sheets.enumerated() {
            try sheet.rows?.finish()
            if sheet.rows?.lastRow != nil { tables[partName(index)] = sheet }
        }
        let parts: [FramePart]
        do throws(ZipReader.Damage) { parts = try read(frame, Set(tables.keys)) } catch {
            throw .notWhole(path: frame, reason: error.reason)
        }
        let archive = try ZipWriter(path: path)
        var seals: [String: PartSeal] = [:]
        for part in parts {
            let entry = part.entry
            if let sheet = tables[entry.name], let rows = sheet.rows {
                seals[entry.name] = try write(rows, of: sheet, into: part.content, entry.name, archive)
            } else {
                try archive.begin(
                    entry.name, method: entry.method, crc32: entry.crc32, compressedBytes: entry.compressedBytes,
                    bytes: entry.bytes)
                try archive.write(part.content)
            }
        }
        try archive.finish()
        return seals
    }

    /// How libxlsxwriter names the part of a sheet.
    static func partName(_ index: Int) -> String { "xl/worksheets/sheet\(index + 1).xml" }

    /// A part of the frame: inflated if rows go into it, else as it is in the archive.
    private struct FramePart {
        let entry: ZipReader.Entry
        let content: [UInt8]
    }

    private static func read(_ frame: String, _ tables: Set<String>) throws(ZipReader.Damage) -> [FramePart] {
        let archive = try ZipReader(path: frame)
        var parts: [FramePart] = []
        for entry in try archive.directory() {
            var content: [UInt8] = []
            if tables.contains(entry.name) {
                try archive.read(entry) { piece throws(ZipReader.Damage) in content += piece }
            } else {
                content = try archive.compressedContent(entry)
            }
            parts.append(FramePart(entry: entry, content: content))
        }
        return parts
    }

    /// Writes a sheet: the frame up to the end of its rows, the rows, and the rest of the frame.
    private static func write(
        _ rows: SheetRows, of sheet: Sheet, into frame: [UInt8], _ name: String, _ archive: ZipWriter
    ) throws(WorkbookError) -> PartSeal {
        guard let place = frame.lastPlace(of: "</sheetData>") else {
            throw .notWhole(path: name, reason: "the frame of the sheet \(sheet.name) has no rows")
        }
        // It states the cells that the filter reaches over, so those of the rows too.
        let head = try DeflatedChunk(Array(frame[..<place]), isLast: false)
        let tail = try DeflatedChunk(Array(frame[place...]), isLast: true)
        var seal = head.seal
        seal.append(rows.seal)
        seal.append(tail.seal)
        try archive.begin(
            name, method: 8, crc32: seal.crc32, compressedBytes: seal.compressedBytes, bytes: seal.bytes)
        try archive.write(head.compressed)
        try rows.readBack { piece throws(WorkbookError) in try archive.write(piece) }
        try archive.write(tail.compressed)
        return seal
    }
}

extension [UInt8] {
    /// Where a text stands last; nil if it does not.
    fileprivate func lastPlace(of text: StaticString) -> Int? {
        let wanted = Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        guard count >= wanted.count else { return nil }
        return (0...count - wanted.count).reversed().first { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
