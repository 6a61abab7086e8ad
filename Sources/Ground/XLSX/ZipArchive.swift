import Compression
import Files
import Memory

/// The parts of a zip archive, found by name and inflated in blocks. Nothing is ever written to disk.
final class ZipArchive {
    /// In the order of the directory.
    let parts: [ZipPart]
    let limits: XLSXLimits
    private let file: RegularFile
    private let places: [String: Int]
    private static let blockBytes = 1 << 17

    init(_ file: RegularFile, _ limits: XLSXLimits) throws(XLSXError) {
        self.file = file
        self.limits = limits
        parts = try ZipDirectory(file).parts(limits)
        var places: [String: Int] = [:]
        for (index, part) in parts.enumerated() {
            // Two parts of one name: readers would differ in which one they show.
            if places.updateValue(index, forKey: part.name) != nil { throw .archive("a part is there twice") }
        }
        self.places = places
    }

    convenience init(path: String) throws(XLSXError) {
        let file: RegularFile
        do throws(FileError) { file = try RegularFile(path: path, followsLink: true) } catch {
            throw .archive("\(error)")
        }
        try self.init(file, XLSXLimits())
    }

    var byteCount: UInt64 { UInt64(file.byteCount) }

    func hasPart(_ name: String) -> Bool { places[name] != nil }

    private func part(_ name: String) throws(XLSXError) -> ZipPart {
        guard let place = places[name] else { throw .missingPart(name) }
        return parts[place]
    }

    /// Inflates a part and gives its bytes to `body`, block by block, until that returns false; checks size and CRC at its end.
    func read(_ name: String, _ body: (Span<UInt8>) throws(XLSXError) -> Bool) throws(XLSXError) {
        let part = try part(name)
        if part.isEncrypted { throw .archive("the part \(name) is encrypted") }
        var (total, crc) = (0, CRC32())
        let isAll = try readBlocks(of: part) { block throws(XLSXError) in
            total += block.count
            crc.add(block)
            try check(total, part)
            return try body(block)
        }
        if isAll, UInt64(total) != part.bytes || crc.value != part.crc32 {
            throw .archive("the part \(name) has another checksum or size than the directory says")
        }
    }

    private func check(_ total: Int, _ part: ZipPart) throws(XLSXError) {
        let compressed = Int(min(part.compressedBytes, 1 << 40))
        if total > limits.partBytes || (total > limits.ratioFreeBytes && total / max(compressed, 1) > limits.ratio) {
            throw .tooLarge("the part \(part.name) inflates to over \(total >> 20) MiB")
        }
    }

    /// Gives the inflated bytes of a part to `body`; gives false if that wants no more.
    private func readBlocks(
        of part: ZipPart, _ body: (Span<UInt8>) throws(XLSXError) -> Bool
    ) throws(XLSXError) -> Bool {
        switch part.method {
        case 0: return try readCompressed(part) { block throws(XLSXError) in try body(block.span) }
        case 8: break
        default: throw .archive("the part \(part.name) is compressed by an unknown method")
        }
        let inflater = Inflater(.raw)
        let isAll = try readCompressed(part) { input throws(XLSXError) in
            var used = 0
            while !inflater.isAtEnd {
                let block: [UInt8]
                do throws(CompressionError) {
                    block = try [UInt8](capacity: Self.blockBytes) { output throws(CompressionError) in
                        used += try inflater.inflate(input.span.extracting(used...), into: &output)
                    }
                } catch { throw .archive("the part \(part.name) is damaged") }
                if !block.isEmpty, !(try body(block.span)) { return false }
                // zlib holds back what found no room, and nothing else.
                if used == input.count, block.count < Self.blockBytes { break }
                if block.isEmpty, !inflater.isAtEnd { throw .archive("the part \(part.name) is damaged") }
            }
            return true
        }
        if isAll, !inflater.isAtEnd { throw .archive("the part \(part.name) ends early") }
        return isAll
    }

    /// Gives the bytes of a part as they are in the archive to `body`; gives false if that wants no more.
    private func readCompressed(
        _ part: ZipPart, _ body: ([UInt8]) throws(XLSXError) -> Bool
    ) throws(XLSXError) -> Bool {
        let directory = ZipDirectory(file)
        var place = try directory.start(of: part)
        var left = part.compressedBytes
        while left > 0 {
            let count = Int(min(left, UInt64(Self.blockBytes)))
            let block = try directory.bytes(at: place, count: count)
            (place, left) = (place + UInt64(count), left - UInt64(count))
            if !(try body(block)) { return false }
        }
        return true
    }

    // MARK: Whole parts

    /// A part's bytes, inflated and checked, or as they are in the archive.
    func content(of name: String, isInflated: Bool) throws(XLSXError) -> [UInt8] {
        var content: [UInt8] = []
        if isInflated {
            try read(name) { block throws(XLSXError) in
                content.append(contentsOf: block)
                return true
            }
        } else {
            _ = try readCompressed(try part(name)) { block throws(XLSXError) in
                content += block
                return true
            }
        }
        return content
    }

    /// Compares a part with what it must come to, byte for byte as it is in the archive, without inflating it.
    func compare(_ part: ZipPart, with seal: PartSeal) throws(XLSXError) {
        guard part.isDescribed(as: ZipPart(name: part.name, deflatedTo: seal)) else {
            throw .archive("\(part.name) is described as another")
        }
        var crc = CRC32()
        _ = try readCompressed(part) { block throws(XLSXError) in
            crc.add(block.span)
            return true
        }
        guard crc == seal.compressedCRC else { throw .archive("\(part.name) is not what was written") }
    }

    /// Parses a part as XML, to its end.
    func parse(_ name: String, _ handler: any XMLHandler) throws(XLSXError) {
        let reader = try XMLReader(part: name, limits, handler)
        try read(name) { bytes throws(XLSXError) in
            try reader.read(bytes)
            return true
        }
        try reader.finish()
    }
}
