import Glibc

/// Writes a zip archive of parts whose sizes and checksums are known before they come; ZIP64 fields only where a value needs
/// them, for spreadsheets may offer to repair an archive that has them without need (PKWARE's APPNOTE, 4.3 and 4.5.3).
final class ZipWriter {
    private let descriptor: Int32
    private let path: String
    /// From this value on a field moves to the ZIP64 ones.
    private let narrowLimit: UInt64
    private var offset: UInt64 = 0
    private var directory: [UInt8] = []
    private var partCount = 0

    /// - Parameter narrowLimit: smaller only for a test.
    init(path: String, narrowLimit: UInt64 = 0xFFFF_FFFF) throws(WorkbookError) {
        self.path = path
        self.narrowLimit = narrowLimit
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw .cannotCreate(path: path) }
    }

    deinit { close(descriptor) }

    /// Begins a part; its compressed bytes are written next.
    func begin(_ name: String, method: UInt16, crc32: UInt32, compressedBytes: UInt64, bytes: UInt64)
        throws(WorkbookError)
    {
        let sizes = [bytes, compressedBytes]
        let isWide = sizes.contains { $0 >= narrowLimit }
        // The local header has both sizes wide or none.
        let local = isWide ? Self.wideField(sizes) : []
        var header: [UInt8] = []
        header.append(0x0403_4B50, bytes: 4)
        appendCommon(&header, isWide ? 45 : 20, method, crc32, isWide ? [UInt64.max, .max] : [compressedBytes, bytes])
        header.append(UInt64(name.utf8.count), bytes: 2)
        header.append(UInt64(local.count), bytes: 2)
        header += Array(name.utf8) + local
        addToDirectory(name, method, crc32, compressedBytes: compressedBytes, bytes: bytes)
        try write(header)
    }

    func write(_ bytes: [UInt8]) throws(WorkbookError) {
        try descriptor.writeAll(bytes, path: path)
        offset += UInt64(bytes.count)
    }

    private func appendCommon(
        _ record: inout [UInt8], _ version: UInt64, _ method: UInt16, _ crc32: UInt32, _ sizes: [UInt64]
    ) {
        record.append(version, bytes: 2)
        record.append(0, bytes: 2)
        record.append(UInt64(method), bytes: 2)
        // No time, and the first day of 1980: the same inputs give the same bytes.
        record.append(0, bytes: 2)
        record.append(0x21, bytes: 2)
        record.append(UInt64(crc32), bytes: 4)
        for size in sizes { record.append(size, bytes: 4) }
    }

    private func addToDirectory(
        _ name: String, _ method: UInt16, _ crc32: UInt32, compressedBytes: UInt64, bytes: UInt64
    ) {
        let values = [bytes, compressedBytes, offset]
        let wide = values.filter { $0 >= narrowLimit }
        let extra = wide.isEmpty ? [] : Self.wideField(wide)
        let narrow = values.map { $0 >= narrowLimit ? UInt64.max : $0 }
        partCount += 1
        directory.append(0x0201_4B50, bytes: 4)
        directory.append(wide.isEmpty ? 20 : 45, bytes: 2)
        appendCommon(&directory, wide.isEmpty ? 20 : 45, method, crc32, [narrow[1], narrow[0]])
        directory.append(UInt64(name.utf8.count), bytes: 2)
        directory.append(UInt64(extra.count), bytes: 2)
        // No comment, the first disk, no attributes.
        directory.append(0, bytes: 2 + 2 + 2)
        directory.append(0, bytes: 4)
        directory.append(narrow[2], bytes: 4)
        directory += Array(name.utf8) + extra
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
        if isWide { Self.appendWideEnd(&end, partCount: UInt64(partCount), size: size, start: start) }
        end.append(0x0605_4B50, bytes: 4)
        end.append(0, bytes: 4)
        let count = isWide ? 0xFFFF : UInt64(partCount)
        end.append(count, bytes: 2)
        end.append(count, bytes: 2)
        end.append(size, bytes: 4)
        end.append(isWide ? UInt64.max : start, bytes: 4)
        end.append(0, bytes: 2)
        try write(end)
    }

    private static func appendWideEnd(_ end: inout [UInt8], partCount: UInt64, size: UInt64, start: UInt64) {
        end.append(0x0606_4B50, bytes: 4)
        end.append(44, bytes: 8)
        end.append(45, bytes: 2)
        end.append(45, bytes: 2)
        end.append(0, bytes: 8)
        end.append(partCount, bytes: 8)
        end.append(partCount, bytes: 8)
        end.append(size, bytes: 8)
        end.append(start, bytes: 8)
        // The place of that record.
        end.append(0x0706_4B50, bytes: 4)
        end.append(0, bytes: 4)
        end.append(start + size, bytes: 8)
        end.append(1, bytes: 4)
    }
}

extension [UInt8] {
    /// Appends the low bytes of a number, the least first.
    fileprivate mutating func append(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
}
