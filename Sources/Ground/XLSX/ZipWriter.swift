import Files

/// Writes a zip archive of parts whose sizes and checksums are known before they come; ZIP64 fields only where a value needs
/// them, for spreadsheets may offer to repair an archive that has them without need (PKWARE's APPNOTE, 4.3 and 4.5.3).
final class ZipWriter {
    private let file: File
    private let path: String
    /// From this value on a field moves to the ZIP64 ones.
    private let narrowLimit: UInt64
    /// How many bytes were written.
    private(set) var offset: UInt64 = 0
    private var directory: [UInt8] = []
    private var partCount: UInt64 = 0

    /// - Parameter narrowLimit: smaller only for a test.
    init(path: String, narrowLimit: UInt64 = 0xFFFF_FFFF) throws(WorkbookError) {
        self.path = path
        self.narrowLimit = narrowLimit
        do throws(SystemError) { file = try File(path, to: .overwrite) } catch { throw .cannotCreate(path: path) }
    }

    /// Begins a part; its compressed bytes are written next.
    func begin(_ part: ZipPart) throws(WorkbookError) {
        // The local header has both sizes wide or none.
        let isWide = part.sizes.contains { $0 >= narrowLimit }
        let extra = isWide ? Self.wideField(part.sizes) : []
        addToDirectory(part)
        var header: [UInt8] = []
        header.append(0x0403_4B50, bytes: 4)
        header.append(part, isWide: isWide, sizes: isWide ? [.max, .max] : part.sizes, extraBytes: extra.count)
        try write(header + Array(part.name.utf8) + extra)
    }

    func write(_ bytes: [UInt8]) throws(WorkbookError) {
        do throws(SystemError) { try file.write(bytes) } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
        offset += UInt64(bytes.count)
    }

    private func addToDirectory(_ part: ZipPart) {
        let values = part.sizes + [offset]
        let wide = values.filter { $0 >= narrowLimit }
        let narrow = values.map { $0 >= narrowLimit ? UInt64.max : $0 }
        let extra = wide.isEmpty ? [] : Self.wideField(wide)
        partCount += 1
        directory.append(0x0201_4B50, bytes: 4)
        directory.append(wide.isEmpty ? 20 : 45, bytes: 2)
        directory.append(part, isWide: !wide.isEmpty, sizes: narrow.dropLast(), extraBytes: extra.count)
        // No comment, the first disk, no attributes.
        directory.append(0, bytes: 2 + 2 + 2)
        directory.append(0, bytes: 4)
        directory.append(narrow[2], bytes: 4)
        directory += Array(part.name.utf8) + extra
    }

    /// The extra field of values that do not fit, in the order of the format.
    private static func wideField(_ values: [UInt64]) -> [UInt8] {
        var field: [UInt8] = []
        field.append(1, bytes: 2)
        field.append(UInt64(values.count * 8), bytes: 2)
        for value in values { field.append(value, bytes: 8) }
        return field
    }

    /// Writes the directory.
    func finish() throws(WorkbookError) {
        let start = offset
        let size = UInt64(directory.count)
        let isWide = start >= narrowLimit || partCount >= 0xFFFF
        try write(directory)
        var end: [UInt8] = []
        if isWide { Self.appendWideEnd(partCount: partCount, size: size, start: start, to: &end) }
        end.append(0x0605_4B50, bytes: 4)
        end.append(0, bytes: 4)
        for _ in 0..<2 { end.append(isWide ? 0xFFFF : partCount, bytes: 2) }
        end.append(size, bytes: 4)
        end.append(isWide ? UInt64.max : start, bytes: 4)
        end.append(0, bytes: 2)
        try write(end)
    }

    private static func appendWideEnd(partCount: UInt64, size: UInt64, start: UInt64, to end: inout [UInt8]) {
        end.append(0x0606_4B50, bytes: 4)
        end.append(44, bytes: 8)
        for _ in 0..<2 { end.append(45, bytes: 2) }
        end.append(0, bytes: 8)
        for _ in 0..<2 { end.append(partCount, bytes: 8) }
        end.append(size, bytes: 8)
        end.append(start, bytes: 8)
        // The place of that record.
        end.append(0x0706_4B50, bytes: 4)
        end.append(0, bytes: 4)
        end.append(start + size, bytes: 8)
        end.append(1, bytes: 4)
    }
}

extension ZipPart {
    /// Before and after compression.
    fileprivate var sizes: [UInt64] { [bytes, compressedBytes] }
}

extension [UInt8] {
    /// Appends the low bytes of a number, the least first.
    fileprivate mutating func append(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    /// Appends what the local header and the directory have in common.
    ///
    /// - Parameter sizes: before and after compression; the largest number where they are in the ZIP64 field.
    fileprivate mutating func append(_ part: ZipPart, isWide: Bool, sizes: [UInt64], extraBytes: Int) {
        append(isWide ? 45 : 20, bytes: 2)
        append(0, bytes: 2)
        append(UInt64(part.method), bytes: 2)
        // No time, and the first day of 1980: the same inputs give the same bytes.
        append(0, bytes: 2)
        append(0x21, bytes: 2)
        append(UInt64(part.crc32), bytes: 4)
        for size in sizes.reversed() { append(size, bytes: 4) }
        append(UInt64(part.name.utf8.count), bytes: 2)
        append(UInt64(extraBytes), bytes: 2)
    }
}
