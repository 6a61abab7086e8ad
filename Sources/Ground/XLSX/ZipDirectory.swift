import Compression
import Files

/// One part of a zip archive, as its directory describes it.
struct ZipPart: Equatable {
    let name: String
    /// 0 stored, 8 deflated.
    let method: UInt16
    let crc32: UInt32
    let compressedBytes: UInt64
    let bytes: UInt64
    var isEncrypted = false
    /// Where its own header is in the file.
    var headerOffset: UInt64 = 0
}

extension ZipPart {
    /// A deflated part that comes to a seal.
    init(name: String, deflatedTo seal: PartSeal) {
        self.init(
            name: name, method: 8, crc32: seal.crc.value, compressedBytes: UInt64(seal.compressedByteCount),
            bytes: UInt64(seal.byteCount))
    }

    /// Whether it is the same part, wherever it is.
    func isDescribed(as other: ZipPart) -> Bool {
        var moved = self
        moved.headerOffset = other.headerOffset
        return moved == other
    }
}

/// Reads the tables of a zip archive, ZIP64 included: PKWARE's APPNOTE, sections 4.3.12 to 4.3.16 and 4.5.3.
struct ZipDirectory {
    private let file: RegularFile
    /// A directory of more bytes is none of a workbook.
    private static let mostBytes: UInt64 = 1 << 24

    init(_ file: RegularFile) { self.file = file }

    /// The bytes at a place; all of them, or an error.
    func bytes(at offset: UInt64, count: Int) throws(XLSXError) -> [UInt8] {
        let end = offset.addingReportingOverflow(UInt64(count))
        guard !end.overflow, end.partialValue <= UInt64(file.byteCount) else {
            throw .archive("a part lies beyond the file's end")
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try file.bytes(at: Int(offset), count: count) } catch {
            throw .archive("\(error)")
        }
        guard bytes.count == count else { throw .archive("it was cut while it was read") }
        return bytes
    }

    /// Where a part's bytes begin.
    func start(of part: ZipPart) throws(XLSXError) -> UInt64 {
        let header = try bytes(at: part.headerOffset, count: 30)
        guard header.number(at: 0, bytes: 4) == 0x0403_4B50 else {
            throw .archive("the part \(part.name) is damaged")
        }
        return part.headerOffset + 30 + header.number(at: 26, bytes: 2) + header.number(at: 28, bytes: 2)
    }

    /// The parts that the central directory lists.
    func parts(_ limits: XLSXLimits) throws(XLSXError) -> [ZipPart] {
        let tailCount = min(file.byteCount, 22 + 65_535)
        let tail = try bytes(at: UInt64(file.byteCount - tailCount), count: tailCount)
        guard tailCount >= 22,
            let at = (0...tailCount - 22).last(where: { tail.number(at: $0, bytes: 4) == 0x0605_4B50 })
        else { throw .archive("it is not a zip archive") }
        var count = tail.number(at: at + 10, bytes: 2)
        var size = tail.number(at: at + 12, bytes: 4)
        var offset = tail.number(at: at + 16, bytes: 4)
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            let damage = XLSXError.archive("it has no ZIP64 directory")
            guard at >= 20, tail.number(at: at - 20, bytes: 4) == 0x0706_4B50 else { throw damage }
            let record = try bytes(at: tail.number(at: at - 20 + 8, bytes: 8), count: 56)
            guard record.number(at: 0, bytes: 4) == 0x0606_4B50 else { throw damage }
            count = record.number(at: 32, bytes: 8)
            size = record.number(at: 40, bytes: 8)
            offset = record.number(at: 48, bytes: 8)
        }
        if count > limits.parts { throw .tooLarge("over \(limits.parts) parts") }
        if size > Self.mostBytes { throw .tooLarge("its directory has over \(Self.mostBytes) bytes") }
        return try Self.parts(try bytes(at: offset, count: Int(size)), count: Int(count))
    }

    private static func parts(_ table: [UInt8], count: Int) throws(XLSXError) -> [ZipPart] {
        let damage = XLSXError.archive("its directory is damaged")
        var parts: [ZipPart] = []
        var at = 0
        while parts.count < count {
            guard at + 46 <= table.count, table.number(at: at, bytes: 4) == 0x0201_4B50 else { throw damage }
            let name = at + 46
            let extra = name + Int(table.number(at: at + 28, bytes: 2))
            let comment = extra + Int(table.number(at: at + 30, bytes: 2))
            let next = comment + Int(table.number(at: at + 32, bytes: 2))
            guard next <= table.count else { throw damage }
            // Values that do not fit are in the ZIP64 field, in this order, and only they.
            var wide = wideNumbers(Array(table[extra..<comment]))[...]
            func number(at offset: Int) throws(XLSXError) -> UInt64 {
                let narrow = table.number(at: at + offset, bytes: 4)
                if narrow != 0xFFFF_FFFF { return narrow }
                guard let value = wide.popFirst() else { throw damage }
                return value
            }
            let bytes = try number(at: 24)
            let compressedBytes = try number(at: 20)
            let headerOffset = try number(at: 42)
            parts.append(
                ZipPart(
                    name: String(decoding: table[name..<extra], as: UTF8.self),
                    method: UInt16(table.number(at: at + 10, bytes: 2)),
                    crc32: UInt32(table.number(at: at + 16, bytes: 4)), compressedBytes: compressedBytes, bytes: bytes,
                    isEncrypted: table[at + 8] & 1 != 0, headerOffset: headerOffset))
            at = next
        }
        return parts
    }

    /// The numbers of the ZIP64 field, which has the id 1.
    private static func wideNumbers(_ extra: [UInt8]) -> [UInt64] {
        var at = 0
        while at + 4 <= extra.count {
            let end = at + 4 + Int(extra.number(at: at + 2, bytes: 2))
            guard end <= extra.count else { return [] }
            if extra.number(at: at, bytes: 2) == 1 {
                return stride(from: at + 4, through: end - 8, by: 8).map { extra.number(at: $0, bytes: 8) }
            }
            at = end
        }
        return []
    }
}

extension [UInt8] {
    /// The unsigned number of some bytes, the least first.
    fileprivate func number(at start: Int, bytes count: Int) -> UInt64 {
        (start..<start + count).reversed().reduce(0) { $0 << 8 | UInt64(self[$1]) }
    }
}
