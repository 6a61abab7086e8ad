import Testing

/// The files of a published report that depend on inputs and answers only, with the times of the queries and the numbers of
/// attempts made alike.
struct PublishedReport: Equatable {
    let files: [String: [UInt8]]

    static let names = [
        "reconciliation.csv", "exceptions.csv", "reconciliation.jsonl", "status-journal.jsonl", "summary.json",
        "rejects.csv",
    ]

    init(_ folder: String) throws {
        var files: [String: [UInt8]] = [:]
        for name in Self.names {
            let bytes = try File.bytes("\(folder)/\(name)")
            if name.hasSuffix(".csv") {
                files[name] = Self.withoutTimes(bytes)
            } else {
                let timeless = Self.blanked(bytes, behind: #""queriedAt":""#, while: { $0 != UInt8(ascii: "\"") })
                files[name] = Self.blanked(
                    timeless, behind: #""attempts":"#, while: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            }
        }
        self.files = files
    }

    /// The names of the files that differ.
    func differences(from other: PublishedReport) -> [String] { Self.names.filter { files[$0] != other.files[$0] } }

    private static func blanked(_ bytes: [UInt8], behind key: String, while isValue: (UInt8) -> Bool) -> [UInt8] {
        let key = Array(key.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == key[0], bytes[place...].starts(with: key) {
                result += key
                place += key.count
                while place < bytes.count, isValue(bytes[place]) { place += 1 }
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    /// Without every `2025-09-30T01:02:03.456Z`; only queriedAt is written so in a CSV file.
    private static func withoutTimes(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if place + 24 <= bytes.count, bytes[place + 10] == UInt8(ascii: "T"),
                bytes[place + 23] == UInt8(ascii: "Z"),
                bytes[place + 19] == UInt8(ascii: "."), bytes[place + 4] == UInt8(ascii: "-")
            {
                place += 24
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }
}
