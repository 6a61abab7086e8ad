import CZlib
import Glibc

/// Reads a zip archive back by its central directory, ZIP64 included: each part is inflated, and its size and CRC-32 are
/// compared with what the directory says.
struct ZipReader: ~Copyable {
    /// One part, as the central directory describes it.
    struct Entry: Equatable {
        let name: String
        let method: UInt16
        let crc32: UInt32
        let compressedBytes: UInt64
        let bytes: UInt64
        let headerOffset: UInt64
    }

    /// Why the archive is not whole.
    struct Damage: Error { let reason: String }

    private let descriptor: Int32
    private let fileBytes: UInt64

    init(path: String) throws(Damage) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Damage(reason: "it cannot be opened") }
        let end = lseek(descriptor, 0, SEEK_END)
        fileBytes = end < 0 ? 0 : UInt64(end)
    }

    deinit { close(descriptor) }

    /// Inflates a part and hands on its bytes, then compares size and CRC.
    func read(_ entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) throws(Damage) -> Void) throws(Damage) {
        let start = try start(of: entry)
        guard entry.method == 8 || entry.method == 0 else {
            throw Damage(reason: "\(entry.name) is compressed by an unknown method")
        }
        var sum = PartSum()
        if entry.method == 0 {
            try readChunks(start, entry.compressedBytes) { chunk throws(Damage) in
                sum.add(chunk)
                try body(chunk)
            }
        } else {
            try inflate(entry, start, &sum, body)
        }
        guard sum.bytes == entry.bytes else {
            throw Damage(reason: "\(entry.name) has \(sum.bytes) bytes instead of \(entry.bytes)")
        }
        guard sum.crc32 == entry.crc32 else { throw Damage(reason: "\(entry.name) has another checksum") }
    }

    /// A part as it stands in the archive, deflated or not.
    func compressedContent(_ entry: Entry) throws(Damage) -> [UInt8] {
        var content: [UInt8] = []
        try readChunks(try start(of: entry), entry.compressedBytes) { chunk throws(Damage) in content += chunk }
        return content
    }

    /// Compares a part with what it must come to, byte for byte as it stands in the archive, without inflating it.
    func compare(_ entry: Entry, with seal: PartSeal) throws(Damage) {
        guard entry.bytes == seal.bytes, entry.crc32 == seal.crc32, entry.compressedBytes == seal.compressedBytes else {
            throw Damage(reason: "\(entry.name) is described as another")
        }
        var sum = PartSum()
        try readChunks(try start(of: entry), entry.compressedBytes) { chunk throws(Damage) in sum.add(chunk) }
        guard sum.crc32 == seal.compressedCRC32 else { throw Damage(reason: "\(entry.name) is not what was written") }
    }

    /// Where a part's bytes begin.
    private func start(of entry: Entry) throws(Damage) -> UInt64 {
        let header = try bytes(at: entry.headerOffset, count: 30)
        guard header.unsigned(0, 4) == 0x0403_4B50 else { throw Damage(reason: "\(entry.name) has no header") }
        return entry.headerOffset + 30 + header.unsigned(26, 2) + header.unsigned(28, 2)
    }

    /// Size and CRC-32 of a part so far.
    private struct PartSum {
        var bytes: UInt64 = 0
        var crc32: UInt32 = 0

        mutating func add(_ chunk: UnsafeBufferPointer<UInt8>) {
            bytes += UInt64(chunk.count)
            crc32 = UInt32(truncatingIfNeeded: CZlib.crc32(UInt(crc32), chunk.baseAddress, UInt32(chunk.count)))
        }
    }

    private static let chunkBytes = 1 << 18

    private func inflate(
        _ entry: Entry, _ start: UInt64, _ sum: inout PartSum,
        _ body: (UnsafeBufferPointer<UInt8>) throws(Damage) -> Void
    ) throws(Damage) {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Damage(reason: "zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Self.chunkBytes)
        var status = Z_OK
        try readChunks(start, entry.compressedBytes) { chunk throws(Damage) in
            // zlib reads from the pointer and does not write to it.
            stream.next_in = UnsafeMutablePointer(mutating: chunk.baseAddress)
            stream.avail_in = UInt32(chunk.count)
            repeat {
                let produced = output.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    return buffer.count - Int(stream.avail_out)
                }
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw Damage(reason: "\(entry.name) cannot be inflated")
                }
                let result: Result<Void, Damage> = output.withUnsafeBufferPointer { buffer in
                    let piece = UnsafeBufferPointer(rebasing: buffer[..<produced])
                    sum.add(piece)
                    do throws(Damage) { return .success(try body(piece)) } catch { return .failure(error) }
                }
                try result.get()
            } while status == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)
        }
        guard status == Z_STREAM_END else { throw Damage(reason: "\(entry.name) ends early") }
    }

    /// Hands on the file's bytes from `start`, a chunk at a time.
    private func readChunks(
        _ start: UInt64, _ count: UInt64, _ body: (UnsafeBufferPointer<UInt8>) throws(Damage) -> Void
    ) throws(Damage) {
        var offset = start
        let (end, overflow) = start.addingReportingOverflow(count)
        if overflow || end > fileBytes { throw Damage(reason: "a part lies beyond the file's end") }
        while offset < end {
            let chunk = try bytes(at: offset, count: Int(min(end - offset, UInt64(Self.chunkBytes))))
            let result: Result<Void, Damage> = chunk.withUnsafeBufferPointer { buffer in
                do throws(Damage) { return .success(try body(buffer)) } catch { return .failure(error) }
            }
            try result.get()
            offset += UInt64(chunk.count)
        }
    }

    private func bytes(at offset: UInt64, count: Int) throws(Damage) -> [UInt8] {
        guard offset <= fileBytes, UInt64(count) <= fileBytes - offset else {
            throw Damage(reason: "it ends early")
        }
        var result = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = result.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, Int(offset) + done)
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { throw Damage(reason: "it cannot be read") }
            done += read
        }
        return result
    }
}

// The archive's tables: PKWARE's APPNOTE, sections 4.3.12 to 4.3.16 and 4.5.3.
extension ZipReader {
    /// The parts that the central directory lists.
    func directory() throws(Damage) -> [Entry] {
        let tailCount = Int(min(fileBytes, 22 + 65_535))
        let tailStart = fileBytes - UInt64(tailCount)
        let tail = try bytes(at: tailStart, count: tailCount)
        guard tailCount >= 22,
            let at = (0...tailCount - 22).reversed().first(where: { tail.unsigned($0, 4) == 0x0605_4B50 })
        else { throw Damage(reason: "it has no central directory") }
        var count = tail.unsigned(at + 10, 2)
        var size = tail.unsigned(at + 12, 4)
        var offset = tail.unsigned(at + 16, 4)
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            guard at >= 20, tail.unsigned(at - 20, 4) == 0x0706_4B50 else {
                throw Damage(reason: "it has no ZIP64 directory")
            }
            let record = try bytes(at: tail.unsigned(at - 20 + 8, 8), count: 56)
            guard record.unsigned(0, 4) == 0x0606_4B50 else { throw Damage(reason: "it has no ZIP64 directory") }
            count = record.unsigned(32, 8)
            size = record.unsigned(40, 8)
            offset = record.unsigned(48, 8)
        }
        guard size < 1 << 30 else { throw Damage(reason: "its central directory is too large") }
        return try Self.entries(try bytes(at: offset, count: Int(size)), count: count)
    }

    private static func entries(_ table: [UInt8], count: UInt64) throws(Damage) -> [Entry] {
        var entries: [Entry] = []
        var at = 0
        while UInt64(entries.count) < count {
            guard at + 46 <= table.count, table.unsigned(at, 4) == 0x0201_4B50 else {
                throw Damage(reason: "its central directory ends early")
            }
            let nameCount = Int(table.unsigned(at + 28, 2))
            let extraCount = Int(table.unsigned(at + 30, 2))
            let next = at + 46 + nameCount + extraCount + Int(table.unsigned(at + 32, 2))
            guard next <= table.count else { throw Damage(reason: "its central directory ends early") }
            let extra = table[at + 46 + nameCount..<at + 46 + nameCount + extraCount]
            entries.append(try entry(Array(table[at..<at + 46 + nameCount]), extra: Array(extra)))
            at = next
        }
        return entries
    }

    private static func entry(_ record: [UInt8], extra: [UInt8]) throws(Damage) -> Entry {
        // Values that do not fit are in the ZIP64 field (id 1), in this order, and only they.
        var wide = zip64Field(extra)[...]
        func value(_ at: Int) throws(Damage) -> UInt64 {
            let narrow = record.unsigned(at, 4)
            if narrow != 0xFFFF_FFFF { return narrow }
            guard wide.count >= 8 else { throw Damage(reason: "its central directory lacks a ZIP64 field") }
            defer { wide = wide.dropFirst(8) }
            return Array(wide.prefix(8)).unsigned(0, 8)
        }
        let bytes = try value(24)
        let compressedBytes = try value(20)
        let headerOffset = try value(42)
        return Entry(
            name: String(decoding: record[46...], as: UTF8.self), method: UInt16(record.unsigned(10, 2)),
            crc32: UInt32(record.unsigned(16, 4)), compressedBytes: compressedBytes, bytes: bytes,
            headerOffset: headerOffset)
    }

    private static func zip64Field(_ extra: [UInt8]) -> [UInt8] {
        var at = 0
        while at + 4 <= extra.count {
            let end = at + 4 + Int(extra.unsigned(at + 2, 2))
            guard end <= extra.count else { return [] }
            if extra.unsigned(at, 2) == 1 { return Array(extra[at + 4..<end]) }
            at = end
        }
        return []
    }
}

extension [UInt8] {
    /// The unsigned little-endian number of `count` bytes; the caller has checked that they are there.
    fileprivate func unsigned(_ at: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in (at..<at + count).reversed() { value = value << 8 | UInt64(self[index]) }
        return value
    }
}
