import Crypto
import Memory
import Refunds
import Rules

/// A SHA-256.
struct PartDigest: Sendable, Hashable, CustomStringConvertible {
    static let byteCount = 32

    let bytes: [UInt8]

    /// The digest of some bytes.
    init(of content: [UInt8]) { bytes = Array(SHA256.hash(data: content)) }

    /// nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Lower-case hexadecimal digits.
    var description: String {
        String(decoding: bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// A part of what a night remembers that is to be stored: some orders, and the index by which they are found. Its digests
/// are worked out when it is made, so that parts can be made in parallel.
package struct NewPart: Sendable {
    package let index: [UInt8]
    package let content: [UInt8]
    let indexDigest: PartDigest
    let contentDigest: PartDigest

    package init(index: [UInt8], content: [UInt8]) {
        self.index = index
        self.content = content
        indexDigest = PartDigest(of: index)
        contentDigest = PartDigest(of: content)
    }
}

/// A part in the store. It never changes; it goes when no night that is kept hands it on.
package struct StoredPart: Sendable, Hashable {
    /// Where it is in this store.
    package let id: Int64
    /// The ordinal of the night that wrote it.
    package let nightOrdinal: Int
    package let indexByteCount: Int
    package let contentByteCount: Int
    let indexDigest: PartDigest
    let contentDigest: PartDigest

    init(
        id: Int64, nightOrdinal: Int, indexByteCount: Int, contentByteCount: Int, indexDigest: PartDigest,
        contentDigest: PartDigest
    ) {
        self.id = id
        self.nightOrdinal = nightOrdinal
        self.indexByteCount = indexByteCount
        self.contentByteCount = contentByteCount
        self.indexDigest = indexDigest
        self.contentDigest = contentDigest
    }

    /// The part as the store will have it.
    package init(id: Int64, nightOrdinal: Int, _ part: NewPart) {
        self.init(
            id: id, nightOrdinal: nightOrdinal, indexByteCount: part.index.count, contentByteCount: part.content.count,
            indexDigest: part.indexDigest, contentDigest: part.contentDigest)
    }
}

/// The index or the content of a part as it is in the store.
package struct StoredBytes: Sendable {
    package let part: StoredPart
    package let bytes: [UInt8]
    /// nil where they were held against it before.
    let digest: PartDigest?

    /// Whether they are as they were written.
    package var isAsWritten: Bool { digest.map { PartDigest(of: bytes) == $0 } ?? true }

    /// Whether they are a content that was not held against its digest before.
    var isContent: Bool { digest == part.contentDigest }
}

/// The figures of a night, for a person and as a check when it is read back.
package struct NightFigures: Sendable, Equatable {
    /// Cases of which a record came that night.
    package var cases = 0
    /// Cases, orphan webhooks and breaks that it left open.
    package var openCases = 0
    package var orphans = 0
    package var breaks = 0
    /// The sums of the open items, added up from the rows of the report.
    package var balance = OpenBalance()

    package init() {}
}

/// The night from which another is opened, and all that it handed on.
package struct OpenedNight: Sendable, Equatable {
    package let asOf: CalendarDate
    /// The number of nights up to this one, each opened from the one before it: 1 for the first.
    package let ordinal: Int
    /// The SHA-256 of everything it handed on, in hexadecimal digits.
    package let digest: String
    package let figures: NightFigures
    /// Whether its report rests on an end of an earlier night that is no longer so.
    package let isStale: Bool
    /// The parts that it handed on: the newest night's first, those of one night in the order in which they were written.
    package let parts: [StoredPart]

    package init(
        asOf: CalendarDate, ordinal: Int, digest: String, figures: NightFigures = NightFigures(), isStale: Bool = false,
        parts: [StoredPart]
    ) {
        self.asOf = asOf
        self.ordinal = ordinal
        self.digest = digest
        self.figures = figures
        self.isStale = isStale
        self.parts = parts
    }
}
