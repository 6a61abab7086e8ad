import Atlas
import Files
import JSON
import Memory
import Refunds

/// Reads the lines of a block of a journal.
struct JournalParser: BlockParser {
    let file: Int32
    let cases: CaseLookup
    /// Whether a night before may have had a case of that key, which is none of tonight's; nil where nothing is remembered.
    let mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)?

    /// A line may be longer than a record: it holds a whole answer.
    static let lineBytes = 8 << 20
    var recordBytes: Int { Self.lineBytes }

    func read(_ block: Block, isLast: Bool) -> ParsedBlock<JournalPart> {
        var part = JournalPart(usualBytes: block.count)
        let read = block.withBytes { part.read($0, isLast: isLast, self) }
        return ParsedBlock(part, read)
    }

    func endFinder() -> LineEndFinder { LineEndFinder() }

    func part(of record: OverlongRecord) -> JournalPart {
        var part = JournalPart(usualBytes: 0)
        if !record.isBlank { part.refuse(record, SourceLine(file: file, line: 1), limit: recordBytes) }
        return part
    }
}

/// The answers in a part of a journal; line numbers are relative to the part.
struct JournalPart: Sendable {
    private(set) var answers: [StatusAnswer] = []
    /// The case that each answer is about.
    private(set) var places: [Int32] = []
    /// Cases about which an answer names a refund that is not theirs.
    private(set) var withOtherRefunds: [Int] = []
    private(set) var rejects: [Reject] = []
    /// Lines that are not blank.
    private(set) var records = 0
    /// Keys of lines about refunds that are no case of tonight and may be remembered.
    private(set) var remembered: [RefundIdentity] = []

    /// The hash by which the next line's case will be looked for, if its key is where this line's is.
    private var expectedHash: Int?

    /// An empty part, with room for the answers that a number of bytes usually holds.
    fileprivate init(usualBytes: Int) {
        // Few lines are shorter.
        let usualCount = usualBytes / 768
        answers.reserveCapacity(usualCount)
        places.reserveCapacity(usualCount)
    }

    fileprivate mutating func refuse(_ record: OverlongRecord, _ source: SourceLine, limit: Int) {
        records += 1
        reject(Self.tooLong(record.byteCount, limit: limit), source, record.beginning)
    }

    private mutating func reject(_ fault: RecordFault, _ source: SourceLine, _ raw: some Sequence<UInt8>) {
        rejects.append(
            Reject(
                source: source, code: fault.code, message: fault.message, raw: Array(raw.prefix(Reject.largestRawBytes))
            ))
    }

    fileprivate mutating func read(
        _ text: UnsafeBufferPointer<UInt8>, isLast: Bool, _ parser: JournalParser
    ) -> LinesRead {
        let document = JSONDocument()
        let end = text.baseAddress.map { $0 + text.count }
        let texts = TextArena()
        return parser.cases.withFinder { cases in
            text.forEachLine(isLast: isLast) { bytes, line in
                if bytes.trimmed.isEmpty { return }
                records += 1
                if let expectedHash { cases.prefetchCase(expectedHash) }
                expectedHash = nil
                let source = SourceLine(file: parser.file, line: line)
                do throws(RecordFault) {
                    try Self.withObject(bytes, document) { object in
                        guard let key = Self.key(of: object) else { return }
                        expectNext(key, behind: bytes, upTo: end)
                        cases.prefetchSlot(expectedHash ?? 0)
                        guard let place = cases.place(of: key) else {
                            if parser.mayBeRemembered?(key) == true { remembered.append(key.kept(in: texts)) }
                            return
                        }
                        read(object, key, source, place, cases, texts)
                    }
                } catch {
                    reject(error, source, bytes)
                }
            }
        }
    }

    private static func tooLong(_ byteCount: Int, limit: Int) -> RecordFault {
        RecordFault(.lineTooLong, "the line has \(byteCount) bytes: at most \(limit) are allowed")
    }

    private static func withObject(
        _ bytes: UnsafeBufferPointer<UInt8>, _ document: JSONDocument, _ body: (JSONValue) -> Void
    ) throws(RecordFault) {
        if bytes.count > JournalParser.lineBytes { throw tooLong(bytes.count, limit: JournalParser.lineBytes) }
        if !bytes.isValidUTF8, let fault = UTF8Fault(bytes) { throw RecordFault(.badUTF8, fault.description) }
        if let fault = document.parse(bytes) { throw RecordFault(fault, of: bytes) }
        try document.withRoot { (root) throws(RecordFault) in
            guard root.kind == .object else { throw RecordFault(notAnObject: root) }
            body(root)
        }
    }

    private static func text(_ line: JSONValue, _ key: JSONKey) -> Text? {
        guard case .text(let text) = line.field(key) else { return nil }
        return Text(borrowing: text.bytes)
    }

    /// The case that a line is about: orderNo, else airlinePNR and carrier; and refundCode. nil where one of them is not text.
    private static func key(of line: JSONValue) -> RefundIdentity? {
        // In the order in which the line has them.
        let (orderNo, refundCode) = (line.field("orderNo"), text(line, "refundCode"))
        guard let refundCode else { return nil }
        switch orderNo {
        case .text(let orderNo):
            return RefundIdentity(
                orderNo: Text(borrowing: orderNo.bytes), refundCode: refundCode)
        case .none:
            guard let airlinePNR = text(line, "airlinePNR"), let carrier = text(line, "carrier") else { return nil }
            return RefundIdentity(airlinePNR: airlinePNR, carrier: carrier, refundCode: refundCode)
        case .number, .bool, .other:
            return nil
        }
    }

    /// Guesses the next line's key, at the same place and of the same length as here, to prefetch it. A wrong guess only wastes
    /// the prefetch.
    private mutating func expectNext(
        _ key: RefundIdentity, behind line: UnsafeBufferPointer<UInt8>, upTo end: UnsafePointer<UInt8>?
    ) {
        guard let start = line.baseAddress, let end else { return }
        let next = start + line.count + 1
        func same(_ text: Text?) -> Text? {
            guard let text else { return nil }
            return text.withBytes { bytes in
                guard let place = bytes.baseAddress, place >= start, place < start + line.count,
                    end - next > (place - start) + bytes.count
                else { return nil }
                return Text(borrowing: UnsafeBufferPointer(start: next + (place - start), count: bytes.count))
            }
        }
        if let orderNo = same(key.orderNo), let refundCode = same(key.refundCode) {
            expectedHash = RefundIdentity(orderNo: orderNo, refundCode: refundCode).lookupHash
        }
    }

    /// Whether the outcome is exactly `ok`; of no other line is the body read.
    private static func isOK(_ line: JSONValue) -> Bool { line["outcome"]?.text?.isText("ok") ?? false }

    /// The failure that a line states. Why a body was bad is found anew where the line does not have it.
    private static func failure(
        _ line: JSONValue, _ reader: RefundOrdersAnswer, _ texts: TextArena
    ) -> StatusAnswer.Outcome {
        let code = text(line, "error")?.kept(in: texts) ?? "bad-body"
        if let detail = text(line, "errorDetail") { return .failed(code, detail: detail.kept(in: texts)) }
        guard code == "bad-body", let body = line.given("body"),
            case .failed("bad-body", let detail) = reader.outcome(of: body)
        else { return .failed(code) }
        return .failed(code, detail: detail)
    }

    /// Takes the answer of a line that is about one of the cases.
    private mutating func read(
        _ line: JSONValue, _ key: RefundIdentity, _ source: SourceLine, _ place: Int, _ cases: CaseLookup.Finder,
        _ texts: TextArena
    ) {
        let queriedAt = Self.text(line, "queriedAt")?.kept(in: texts)
        let reader = RefundOrdersAnswer(
            askedOrderNo: cases.cases[place].orderNo, askedRefundCode: cases.cases[place].refundCode, texts: texts)
        let outcome = Self.isOK(line) ? reader.outcome(of: line["body"]) : Self.failure(line, reader, texts)
        let answer = StatusAnswer(outcome: outcome, queriedAt: queriedAt, source: source)
        if answer.hasOthers(than: cases.cases[place]) { withOtherRefunds.append(place) }
        answers.append(answer)
        places.append(Int32(place))
    }
}

extension RefundIdentity {
    /// The same key with its texts kept.
    fileprivate func kept(in texts: TextArena) -> RefundIdentity {
        RefundIdentity(
            orderNo: orderNo?.kept(in: texts), airlinePNR: airlinePNR?.kept(in: texts),
            carrier: carrier?.kept(in: texts), refundCode: refundCode?.kept(in: texts))
    }
}
