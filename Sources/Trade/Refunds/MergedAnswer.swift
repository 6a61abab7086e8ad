import Memory

/// The answer about a record that proved to be the refund of another record (FORMATS.md, "Orders").
public struct MergedAnswer: Sendable {
    /// Where the record is.
    public let record: SourceLine
    /// The record's key, by which Atlas was asked.
    public let key: RefundIdentity
    /// The order that the refund belongs to.
    public let orderNo: Text
    public let refundCode: Text
    public let answer: StatusAnswer

    public init(record: SourceLine, key: RefundIdentity, orderNo: Text, refundCode: Text, answer: StatusAnswer) {
        self.record = record
        self.key = key
        self.orderNo = orderNo
        self.refundCode = refundCode
        self.answer = answer
    }
}
