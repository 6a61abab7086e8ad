import Atlas
import Bytes
import Core
import JSON

/// The answers of status journals, found by case (FORMATS.md, "Refund status: the query and its journal").
public struct JournalReader: Sendable {
    /// The answer that counts for each case; nil where a case is not queryable.
    public private(set) var answers: [StatusAnswer?]
    public private(set) var rejects: [Reject] = []

    /// Finds a case by the key of a journal's line.
    private let cases: [RefundCase]
    private let index: HashIndex

    /// - Parameter cases: the cases to be answered, in reading order.
    public init(cases: [RefundCase]) {
        self.cases = cases
        answers = [StatusAnswer?](repeating: nil, count: cases.count)
        var index = HashIndex(capacity: cases.count)
        for (place, refundCase) in cases.enumerated() where refundCase.isQueryable {
            index.insert(place, refundCase.key.hashValue)
        }
        self.index = index
    }

    /// Reads a journal on at most `threads` tasks; files are read in the order in which they count.
    public mutating func read(_ input: InputBytes, file: Int32, threads: Int) async throws {
        let reader = self
        var firstLine: Int32 = 0
        try await parallelMap(LineChunk.split(input.text), width: threads) {
            reader.part(input, file, $0)
        } consume: { part in
            take(part, file, firstLine)
            firstLine += part.physicalLines
        }
    }

    private mutating func take(_ part: Part, _ file: Int32, _ firstLine: Int32) {
        rejects += part.rejects.map {
            Reject(
                source: SourceLine(file: file, line: $0.source.line + firstLine), code: $0.code, message: $0.message,
                raw: $0.raw)
        }
        for (place, answer) in part.answers {
            var answer = answer
            answer.source = SourceLine(file: file, line: answer.source.line + firstLine)
            take(answer, for: place)
        }
    }

    /// Gives every queryable case that no line is about its failure, `not-in-journal`; `source` is where it was looked for.
    public mutating func finish() {
        for place in cases.indices where cases[place].isQueryable && answers[place] == nil {
            answers[place] = StatusAnswer(
                outcome: .failed("not-in-journal"), queriedAt: nil, source: SourceLine(file: -1, line: 0))
        }
    }

    /// The last ok line counts, else the last.
    private mutating func take(_ answer: StatusAnswer, for place: Int) {
        if answer.isOK || answers[place]?.isOK != true { answers[place] = answer }
    }

    // MARK: Lines

    private struct Part: Sendable {
        var answers: [(Int, StatusAnswer)] = []
        var rejects: [Reject] = []
        var physicalLines: Int32 = 0
    }

    private func part(_ input: InputBytes, _ file: Int32, _ chunk: LineChunk) -> Part {
        var part = Part()
        let document = JSONDocument()
        part.physicalLines = chunk.forEachLine(of: input.text) { bytes, line in
            if bytes.count <= Self.lineBytes, bytes.trimmed.isEmpty { return }
            let source = SourceLine(file: file, line: line)
            do throws(RecordFault) {
                let object = try Self.object(bytes, document)
                if let found = answer(object, source) { part.answers.append(found) }
            } catch {
                part.rejects.append(
                    Reject(source: source, code: error.code, message: error.message, raw: Array(bytes.prefix(2048))))
            }
        }
        chunk.release(in: input.text)
        return part
    }

    /// A line may be longer than a record: it holds a whole answer.
    private static let lineBytes = 8 << 20

    private static func object(
        _ bytes: UnsafeBufferPointer<UInt8>, _ document: JSONDocument
    ) throws(RecordFault) -> JSONValue {
        if bytes.count > lineBytes { throw RecordFault(.lineTooLong, "\(bytes.count) bytes") }
        if !bytes.isValidUTF8 { throw RecordFault(.badUTF8, "not UTF-8") }
        switch document.parse(bytes) {
        case .syntax(let offset): throw RecordFault(.badJSON, "no JSON at byte \(offset + 1)")
        case .duplicateKey(let key): throw RecordFault(.duplicateKey, "the key \(key) stands twice")
        case nil: break
        }
        guard document.root.kind == .object else { throw RecordFault(.badJSON, "no object") }
        return document.root
    }

    /// The answer of a line and the case that it is about; nil if it is about none of ours.
    private func answer(_ line: JSONValue, _ source: SourceLine) -> (Int, StatusAnswer)? {
        let decode = FieldDecoder(grammar: .json)
        func text(_ key: JSONKey) -> Text? {
            do throws(RecordFault) { return try decode.text(line.field(key), key.name) } catch { return nil }
        }
        let key = CaseKey(
            orderNo: text("orderNo"), airlinePNR: text("airlinePNR"), carrier: text("carrier"),
            refundCode: text("refundCode"))
        guard let place = index.find(key.hashValue, { cases[$0].hasKey(key) }) else { return nil }
        let outcome =
            text("outcome") == "ok"
            ? RefundOrdersAnswer(askedOrderNo: key.orderNo).outcome(of: line["body"])
            : .failed(text("error")?.string ?? "bad-body")
        return (place, StatusAnswer(outcome: outcome, queriedAt: text("queriedAt"), source: source))
    }
}
