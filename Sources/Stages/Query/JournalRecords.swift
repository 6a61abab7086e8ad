import Atlas
import JSON
import Memory
import Records
import Refunds

/// The lines of a journal, held against the cases that they may be about (FORMATS.md, "Statuses: the query and its journal").
struct JournalRecords: ObjectDecoder {
    typealias Value = JournalRecord
    typealias Failure = RecordFault

    let file: Int32
    let cases: [RefundCase]
    let index: CaseIndex
    /// Whether a night before may have had a case of that key, which is none of tonight's; nil where nothing is remembered.
    let mayBeRemembered: (@Sendable (RefundIdentity) -> Bool)?

    /// A line may be longer than another record: it holds a whole answer.
    let recordBytes = 8 << 20
    let recordNoun = "line"

    func value(of line: JSONView, line number: Int32, with tools: inout RecordTools) -> JournalRecord? {
        guard let key = key(of: line) else { return nil }
        guard let place = index.place(of: key, in: cases) else {
            guard let mayBeRemembered else { return nil }
            let identity = key.kept(in: tools.texts)
            return mayBeRemembered(identity) ? .remembered(identity) : nil
        }
        let reader = RefundOrdersAnswer(asked: cases[place].identity, texts: tools.texts)
        var queriedAt: Text?
        if case .text(let text) = line.field("queriedAt") { queriedAt = Text(text, keptIn: tools.texts) }
        let answer = StatusAnswer(
            outcome: isOK(line) ? reader.outcome(of: line["body"]) : failure(line, reader, tools.texts),
            queriedAt: queriedAt, source: SourceLine(file: file, line: number))
        return .answer(answer, place: place, namesOthers: answer.hasOthers(than: cases[place]))
    }

    /// The key of the refund that a line is about: orderNo, else airlinePNR and carrier; and refundCode. nil where one of
    /// them is not text.
    @_lifetime(copy line)
    private func key(of line: JSONView) -> RefundKey? {
        // In the order in which the line has them.
        let orderNo = line.field("orderNo")
        guard case .text(let refundCode) = line.field("refundCode") else { return nil }
        switch orderNo {
        case .text(let orderNo): return RefundKey(orderNo: TextKey(orderNo), refundCode: TextKey(refundCode))
        case .none:
            guard case .text(let airlinePNR) = line.field("airlinePNR"),
                case .text(let carrier) = line.field("carrier")
            else { return nil }
            return RefundKey(
                airlinePNR: TextKey(airlinePNR), carrier: TextKey(carrier), refundCode: TextKey(refundCode))
        case .number, .bool, .other: return nil
        }
    }

    /// Whether the outcome is exactly `ok`; of no other line is the body read.
    private func isOK(_ line: JSONView) -> Bool { line["outcome"]?.text?.isText("ok") ?? false }

    /// The failure that a line states. Why a body was bad is found anew where the line does not have it.
    private func failure(
        _ line: JSONView, _ reader: RefundOrdersAnswer, _ texts: TextArena
    ) -> StatusAnswer.Outcome {
        var code: Text = "bad-body"
        if case .text(let text) = line.field("error") { code = Text(text, keptIn: texts) }
        if case .text(let text) = line.field("errorDetail") {
            return .failed(code, detail: Text(text, keptIn: texts))
        }
        guard code == "bad-body", let body = line.given("body"),
            case .failed("bad-body", let detail) = reader.outcome(of: body)
        else { return .failed(code) }
        return .failed(code, detail: detail)
    }
}

/// The content of a line of a journal.
enum JournalRecord: RecordValue {
    /// An answer about the case at a place.
    case answer(StatusAnswer, place: Int, namesOthers: Bool)
    /// The key of a refund that is no case of tonight, and that a night before may have had.
    case remembered(RefundIdentity)

    mutating func move(byLines lines: Int32) {
        guard case .answer(var answer, let place, let namesOthers) = self else { return }
        answer.source = answer.source.map { SourceLine(file: $0.file, line: $0.line + lines) }
        self = .answer(answer, place: place, namesOthers: namesOthers)
    }
}
