import Atlas
import Bytes
import Core
import JSON

/// Finds a case by the key of a journal's line.
struct CaseLookup: Sendable {
    let cases: [RefundCase]
    private let index: HashIndex

    init(_ cases: [RefundCase], _ known: HashIndex?) {
        self.cases = cases
        if let known {
            index = known
            return
        }
        var index = HashIndex(capacity: cases.count)
        for place in cases.indices { index.insert(place, cases[place].key.lookupHash) }
        self.index = index
    }

    /// The case that a line is about; none where it names no refund code.
    func place(of key: CaseKey) -> Int? {
        if key.refundCode == nil { return nil }
        return cases.withUnsafeBufferPointer { cases in
            index.find(key.lookupHash) { cases[$0].hasKey(key) }
        }
    }
}

/// What a part of a journal says: line numbers are relative to the part.
struct JournalPart: Sendable {
    /// Answers with the places of their cases.
    private(set) var answers: [(Int, StatusAnswer)] = []
    private(set) var rejects: [Reject] = []
    /// Lines that are not blank.
    private(set) var records = 0
    private(set) var physicalLines: Int32 = 0

    /// A line may be longer than a record: it holds a whole answer.
    private static let lineBytes = 8 << 20

    init(_ input: InputBytes, _ file: Int32, _ chunk: LineChunk, _ cases: CaseLookup) {
        // Few lines are shorter.
        answers.reserveCapacity(chunk.range.count / 768)
        let document = JSONDocument()
        let texts = TextArena()
        physicalLines = chunk.forEachLine(of: input.text) { bytes, line in
            if bytes.count <= Self.lineBytes, bytes.trimmed.isEmpty { return }
            records += 1
            let source = SourceLine(file: file, line: line)
            do throws(RecordFault) {
                try Self.withObject(bytes, document) { read($0, source, cases, texts) }
            } catch {
                rejects.append(
                    Reject(source: source, code: error.code, message: error.message, raw: Array(bytes.prefix(2048))))
            }
        }
        chunk.release(in: input.text)
    }

    private static func withObject(
        _ bytes: UnsafeBufferPointer<UInt8>, _ document: JSONDocument, _ body: (JSONValue) -> Void
    ) throws(RecordFault) {
        if bytes.count > lineBytes { throw RecordFault(.lineTooLong, "\(bytes.count) bytes") }
        if !bytes.isValidUTF8 { throw RecordFault(.badUTF8, "not UTF-8") }
        switch document.parse(bytes) {
        case .syntax(let offset): throw RecordFault(.badJSON, "no JSON at byte \(offset + 1)")
        case .duplicateKey(let key): throw RecordFault(.duplicateKey, "the key \(key) stands twice")
        case nil: break
        }
        try document.withRoot { (root) throws(RecordFault) in
            guard root.kind == .object else { throw RecordFault(.badJSON, "no object") }
            body(root)
        }
    }

    /// Takes the answer of a line that is about one of the cases.
    private mutating func read(_ line: JSONValue, _ source: SourceLine, _ cases: CaseLookup, _ texts: TextArena) {
        func text(_ key: JSONKey) -> Text? {
            guard case .text(let text) = line.field(key) else { return nil }
            return Text(borrowing: text.bytes)
        }
        let key = CaseKey(
            orderNo: text("orderNo"), airlinePNR: text("airlinePNR"), carrier: text("carrier"),
            refundCode: text("refundCode"))
        guard let place = cases.place(of: key) else { return }
        let outcome: StatusAnswer.Outcome
        if case .text(let word) = line.field("outcome"), word.bytes.isText("ok") {
            let reader = RefundOrdersAnswer(
                askedOrderNo: cases.cases[place].orderNo, askedRefundCode: cases.cases[place].refundCode, texts: texts)
            outcome = reader.outcome(of: line["body"])
        } else {
            outcome = .failed(text("error")?.kept(in: texts) ?? "bad-body")
        }
        let queriedAt = text("queriedAt")?.kept(in: texts)
        answers.append((place, StatusAnswer(outcome: outcome, queriedAt: queriedAt, source: source)))
    }
}
