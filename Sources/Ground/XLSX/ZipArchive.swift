import CMinizip
import Glibc

/// The parts of a zip archive, found by name and inflated in blocks. Nothing is ever written to disk.
final class ZipArchive {
    private let file: unzFile
    private let limits: XLSXLimits
    /// Where each part is.
    private var positions: [String: unz64_file_pos] = [:]

    /// - Parameter descriptor: an open regular file; it stays the caller's.
    init(descriptor: Int32, _ limits: XLSXLimits) throws(XLSXError) {
        // A path of the kernel's for a file that is open already: no name is looked up again.
        guard let file = unzOpen64("/proc/self/fd/\(descriptor)") else {
            throw .archive("it is not a zip archive")
        }
        self.file = file
        self.limits = limits
        try readDirectory()
    }

    deinit { unzClose(file) }

    private func readDirectory() throws(XLSXError) {
        var status = unzGoToFirstFile(file)
        while status == UNZ_OK {
            if positions.count == limits.parts { throw .tooLarge("over \(limits.parts) parts") }
            var info = unz_file_info64()
            var name = [CChar](repeating: 0, count: 1024)
            var position = unz64_file_pos()
            guard
                unzGetCurrentFileInfo64(file, &info, &name, UInt(name.count - 1), nil, 0, nil, 0) == UNZ_OK,
                info.size_filename < name.count, unzGetFilePos64(file, &position) == UNZ_OK
            else { throw .archive("its directory is damaged") }
            let text = String(
                decoding: name.prefix(Int(info.size_filename)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // Two parts of one name: readers would differ in which one they show.
            if positions.updateValue(position, forKey: text) != nil { throw .archive("a part is there twice") }
            status = unzGoToNextFile(file)
        }
        if status != UNZ_END_OF_LIST_OF_FILE { throw .archive("its directory is damaged") }
    }

    func hasPart(_ name: String) -> Bool { positions[name] != nil }

    /// Inflates a part and gives its bytes to `body`, block by block, until that returns false; checks size and CRC at its end.
    func read(
        _ name: String, _ body: (UnsafeBufferPointer<UInt8>) throws(XLSXError) -> Bool
    ) throws(XLSXError) {
        guard var position = positions[name] else { throw .missingPart(name) }
        var info = unz_file_info64()
        guard unzGoToFilePos64(file, &position) == UNZ_OK,
            unzGetCurrentFileInfo64(file, &info, nil, 0, nil, 0, nil, 0) == UNZ_OK
        else { throw .archive("the part \(name) is damaged") }
        if info.flag & 1 != 0 { throw .archive("the part \(name) is encrypted") }
        guard unzOpenCurrentFile(file) == UNZ_OK else { throw .archive("the part \(name) is damaged") }
        var isOpen = true
        defer { if isOpen { unzCloseCurrentFile(file) } }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var total = 0
        while true {
            let count = Int(unzReadCurrentFile(file, &buffer, UInt32(buffer.count)))
            if count < 0 { throw .archive("the part \(name) is damaged") }
            total += count
            try check(total, name, compressedBytes: info.compressed_size)
            if count == 0 { break }
            let goesOn = try buffer.withUnsafeBufferPointer { bytes throws(XLSXError) in
                try body(UnsafeBufferPointer(rebasing: bytes[..<count]))
            }
            if !goesOn { return }
        }
        isOpen = false
        if unzCloseCurrentFile(file) != UNZ_OK || UInt64(total) != info.uncompressed_size {
            throw .archive("the part \(name) has another checksum or size than the directory says")
        }
    }

    private func check(_ total: Int, _ name: String, compressedBytes: UInt64) throws(XLSXError) {
        let compressed = Int(min(compressedBytes, 1 << 40))
        if total > limits.partBytes || (total > limits.ratioFreeBytes && total / max(compressed, 1) > limits.ratio) {
            throw .tooLarge("the part \(name) inflates to over \(total >> 20) MiB")
        }
    }
}
