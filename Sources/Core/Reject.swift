/// A record that was refused: it goes to `rejects.csv` and the run goes on.
public struct Reject: Sendable, Equatable {
    public let source: SourceLine
    public let code: RejectCode
    /// What is wrong, for a person: the field, and what was expected.
    public let message: String
    /// The beginning of the record as it came.
    public let raw: [UInt8]

    public init(source: SourceLine, code: RejectCode, message: String, raw: [UInt8]) {
        self.source = source
        self.code = code
        self.message = message
        self.raw = raw
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
