import Memory

/// One input as it was read.
public struct InputEvidence: Sendable, Equatable {
    /// `orders`, `webhooks`, `statusJournal`, `feeSchedule`, `dispositions`, or one of the carried files, such as
    /// `carriedOrders`.
    public let role: String
    public var path: String
    public let name: String
    public let sha256: String
    public let bytes: Int
    /// Its content, once it is read.
    public var figures: InputFigures?

    public init(role: String, path: String, name: String, sha256: String, bytes: Int) {
        self.role = role
        self.path = path
        self.name = name
        self.sha256 = sha256
        self.bytes = bytes
    }
}

/// Something in a folder of inputs that is not read.
public struct PassedOver: Sendable, Equatable {
    public let folder: String
    public let name: String
    public let why: String

    public init(folder: String, name: String, why: String) {
        self.folder = folder
        self.name = name
        self.why = why
    }
}

/// One file of a report as it was written.
public struct OutputEvidence: Sendable, Equatable {
    public let name: String
    public let sha256: String
    public let bytes: Int
    /// How many records it holds, without a header; nil for a file that holds none.
    public var rows: Int?
    /// Sums over its rows, by name.
    public var sums: [OutputSums] = []

    public init(name: String, sha256: String, bytes: Int, rows: Int? = nil) {
        self.name = name
        self.sha256 = sha256
        self.bytes = bytes
        self.rows = rows
    }
}

/// The sums of the amounts of one name, by currency.
public struct OutputSums: Sendable, Equatable {
    public let name: String
    public let sums: [Currency: Total]

    /// The sums of the rows that the manifest states: expected and final refund.
    public static func of(_ summary: Summary) -> [OutputSums] {
        [
            OutputSums(name: "expectedRefund", sums: summary.totals.mapValues(\.expected.refund)),
            OutputSums(name: "finalRefund", sums: summary.totals.mapValues(\.final.refund)),
        ]
    }
}
