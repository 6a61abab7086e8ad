import Files
import Testing

/// The members of a ZIP archive, unpacked.
///
/// A deflated member is given a gzip's head and tail and then read as every compressed input of the project is.
enum ZipMembers {
    static func unpacked(_ archive: [UInt8], scratch: TemporaryFolder) throws -> [(name: String, bytes: [UInt8])] {
        let end = try #require(
            archive.indices.dropLast(21).last { archive[$0...].starts(with: [0x50, 0x4B, 5, 6]) }, "no ZIP archive")
        let count = number(archive, end + 10, 2)
        var place = number(archive, end + 16, 4)
        return try (0..<count).map { index in
            let (nameLength, size) = (number(archive, place + 28, 2), number(archive, place + 20, 4))
            let name = String(decoding: archive[(place + 46)...].prefix(nameLength), as: UTF8.self)
            let header = number(archive, place + 42, 4)
            let start = header + 30 + number(archive, header + 26, 2) + number(archive, header + 28, 2)
            var bytes = Array(archive[start...].prefix(size))
            if number(archive, place + 10, 2) == 8 {
                let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
                // The checksum and the size stand side by side in a gzip's tail, and apart in the directory.
                let tail = archive[(place + 16)...].prefix(4) + archive[(place + 24)...].prefix(4)
                let path = "\(scratch.path)/\(index).gz"
                try File.write(head + bytes + tail, to: path)
                let input = try InputBytes(path: path)
                bytes = Array(input.textBytes)
            }
            place += 46 + nameLength + number(archive, place + 30, 2) + number(archive, place + 32, 2)
            return (name, bytes)
        }
    }

    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        bytes[place..<(place + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
