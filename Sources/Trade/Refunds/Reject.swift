import Memory

/// A record that was refused: it goes to `rejects.csv` and the run goes on.
public struct Reject: Sendable, Equatable {
    public var source: SourceLine
    public let code: RejectCode
    /// The value found and the values accepted, for a person.
    public let message: String
    /// The beginning of the record as it came, at most `largestRawBytes`.
    public fileprivate(set) var raw: [UInt8]
    /// The field that is at fault, by the contract's name; nil where it is no single field.
    public let field: String?
    /// The order that the record is about, as read; nil where it has none that can be used.
    public let orderNo: String?

    public static let largestRawBytes = 2048

    public init(
        source: SourceLine, code: RejectCode, message: String, raw: [UInt8], field: String? = nil,
        orderNo: String? = nil
    ) {
        self.source = source
        self.code = code
        self.message = message
        self.raw = raw
        self.field = field
        self.orderNo = orderNo
    }
}

extension [Reject] {
    /// From this one on little of each record is kept, so that memory does not run out over a file that is wrong from beginning
    /// to end.
    private static var fullCount: Int { 10_000 }
    private static var shortRawBytes: Int { 128 }

    /// Adds a reject, of which little of the record is kept if there are many before it.
    public mutating func append(shortening reject: Reject) {
        var reject = reject
        if count >= Self.fullCount { reject.raw = Array<UInt8>(reject.raw.prefix(Self.shortRawBytes)) }
        append(reject)
    }
}

/// The stable codes of `rejects.csv` (FORMATS.md, "Reject codes").
public enum RejectCode: String, Sendable, CaseIterable {
    case lineTooLong = "line-too-long"
    case badUTF8 = "bad-utf8"
    case badCSV = "bad-csv"
    case badJSON = "bad-json"
    case duplicateKey = "duplicate-key"
    case missingKey = "missing-key"
    case missingField = "missing-field"
    case missingExpectedPenalty = "missing-expected-penalty"
    case badAmount = "bad-amount"
    case amountRange = "amount-range"
    case amountPrecision = "amount-precision"
    case negativeAmount = "negative-amount"
    case badCurrency = "bad-currency"
    case badDate = "bad-date"
    case badBoolean = "bad-boolean"
    case badEnum = "bad-enum"
    case badStatus = "bad-status"
    case apiStatus = "api-status"
    case conflictingOrder = "conflicting-order"

    public init(_ fault: AmountFault) {
        switch fault {
        case .badAmount: self = .badAmount
        case .amountRange: self = .amountRange
        case .amountPrecision: self = .amountPrecision
        case .negativeAmount: self = .negativeAmount
        }
    }
}
