import Memory
import Refunds
import Rules
import SQLite

/// A row of the table of nights.
struct StoredNight {
    /// Where it is in this store.
    var id: Int64 = 0
    var asOf: CalendarDate
    var ordinal: Int
    var isPublished = false
    var isStale = false
    var openedFrom: CalendarDate?
    var openedFromDigest: String?
    /// Of everything it hands on.
    var digest: String
    var figures: NightFigures
    /// The ids of the parts that it hands on.
    var parts: [Int64]
    var place: ReportPlace

    /// The row as a person sees it.
    var kept: KeptNight {
        KeptNight(
            asOf: asOf, openedFrom: openedFrom, openedFromDigest: openedFromDigest, digest: digest,
            manifestSHA256: place.manifestSHA256,
            folder: place.folder, cases: figures.cases, openCases: figures.openCases, orphans: figures.orphans,
            breaks: figures.breaks, isStale: isStale)
    }
}

extension StoredNight {
    private static let idByteCount = 8

    /// The columns but for the id and the seal, in the order of `NightTables.columns`.
    private var values: [Database.Value] {
        [
            .text(asOf.description), .init(ordinal), .init(isPublished ? 1 : 0), .init(isStale ? 1 : 0),
            .init(openedFrom?.description), .init(openedFromDigest), .text(digest), .init(figures.cases),
            .init(figures.openCases), .init(figures.orphans), .init(figures.breaks), .text(figures.balance.text),
            .bytes(parts.flatMap { id in (0..<Self.idByteCount).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) } }),
            .text(place.manifestSHA256), .text(place.folder), .text(place.folderMark),
        ]
    }

    /// The SHA-256 of all that the row says.
    private func seal(_ values: [Database.Value]) -> PartDigest {
        var text = SealedText("refund-recon night row 2")
        text.add(.integer(id))
        for value in values { text.add(value) }
        return PartDigest(of: text.bytes)
    }

    /// All columns, sealed.
    var sealedValues: [Database.Value] {
        let values = values
        return [.integer(id)] + values + [.bytes(seal(values).bytes)]
    }

    /// Reads the columns of a row; nil if they are not as they were written.
    init?(_ row: [Database.Value]) {
        guard row.count == 18, let id = row[0].integer, let asOf = row[1].date, let ordinal = row[2].integer,
            let digest = row[7].string, let cases = row[8].integer, let openCases = row[9].integer,
            let orphans = row[10].integer, let breaks = row[11].integer,
            let balance = row[12].string.flatMap({ OpenBalance(text: $0) }), let manifest = row[14].string,
            let folder = row[15].string, let folderMark = row[16].string
        else { return nil }
        let list = row[13].bytes
        guard list.count.isMultiple(of: Self.idByteCount) else { return nil }
        let parts = stride(from: 0, to: list.count, by: Self.idByteCount).map { start in
            list[start..<start + Self.idByteCount].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        }
        var figures = NightFigures()
        (figures.cases, figures.openCases) = (Int(cases), Int(openCases))
        (figures.orphans, figures.breaks, figures.balance) = (Int(orphans), Int(breaks), balance)
        self.init(
            id: id, asOf: asOf, ordinal: Int(ordinal), isPublished: row[3] == .integer(1),
            isStale: row[4] == .integer(1), openedFrom: row[5].date, openedFromDigest: row[6].string, digest: digest,
            figures: figures, parts: parts,
            place: ReportPlace(manifestSHA256: manifest, folder: folder, folderMark: folderMark))
        // Writing it again gives the same bytes: nothing was passed over.
        guard sealedValues == row else { return nil }
    }
}

/// Values, one after another, each with its length, so that no two lists give the same bytes.
struct SealedText {
    private(set) var bytes: [UInt8]

    init(_ title: String) { bytes = Array("\(title)\n".utf8) }

    mutating func add(_ value: Database.Value) {
        switch value {
        case .null: bytes += "-\n".utf8
        case .integer(let integer): bytes += "i\(integer)\n".utf8
        case .text(let text): bytes += "t\(text.utf8.count) \(text)\n".utf8
        case .bytes(let content):
            bytes += "b\(content.count) ".utf8
            bytes += content
        }
    }
}

extension OpenBalance {
    /// One line for each kind and currency, in order: `case USD 2 17600 0`.
    var text: String {
        sums.sorted { $0.key < $1.key }.map { key, sum in
            "\(key.rowType.rawValue) \(key.currency) \(sum.count) \(sum.amount.minorUnits) \(sum.withoutAmount)\n"
        }.joined()
    }

    /// nil for a text that is not written so.
    init?(text: String) {
        var sums: [Key: Sum] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 5, let rowType = RowType(rawValue: parts[0]), let currency = Currency(parts[1]),
                let count = Int(parts[2]), let amount = Int128(parts[3]), let withoutAmount = Int(parts[4])
            else { return nil }
            sums[Key(rowType: rowType, currency: currency)] = Sum(
                count: count, amount: Total(minorUnits: amount), withoutAmount: withoutAmount)
        }
        self.init(sums)
    }
}
