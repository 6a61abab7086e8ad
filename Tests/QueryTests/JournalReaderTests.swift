import Files
import Foundation
import Memory
import Query
import Refunds
import Testing

/// FORMATS.md, "Reading journals": which line of a journal counts for a case.
@Suite struct JournalReaderTests {
    private static func refundCase(
        _ orderNo: Text?, _ code: Text?, pnr: Text? = nil, carrier: Text? = nil
    ) -> RefundCase {
        guard let usd = Currency("USD") else { preconditionFailure("no USD") }
        var built = RefundCase(
            currency: usd, requestedAt: CalendarDate(daysSinceEpoch: 0), source: SourceLine(file: 0, line: 1))
        built.orderNo = orderNo
        built.refundCode = code
        built.airlinePNR = pnr
        built.carrier = carrier
        return built
    }

    private static let good = body(2)

    private static func body(_ status: Int, order: String = "O1") -> String {
        #"{"status":0,"refundOrders":[{"orderNo":"\#(order)","refundCode":"R1","refundStatus":\#(status)}]}"#
    }

    private static func line(
        _ body: String = good, outcome: String = "ok", error: String = "null", order: String = #""O1""#,
        pnr: String = "null", carrier: String = "null", code: String = #""R1""#, at: String = "t"
    ) -> String {
        """
        {"schema":1,"orderNo":\(order),"refundCode":\(code),"airlinePNR":\(pnr),"carrier":\(carrier),\
        "queriedAt":"\(at)","attempts":1,"httpStatus":200,"outcome":"\(outcome)","error":\(error),"body":\(body)}
        """
    }

    private static func failure(_ code: String) -> String {
        line("null", outcome: "failed", error: "\"\(code)\"")
    }

    /// Reads journals, each of these texts a file, into the answers about the cases.
    private func read(
        _ journals: [String], _ cases: [RefundCase] = [refundCase("O1", "R1")], threads: Int = 2
    ) async throws -> JournalReader {
        var reader = JournalReader(cases: cases)
        for (number, journal) in journals.enumerated() {
            let file = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
            try Data(journal.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            try await reader.read(try InputFile(path: file.path), file: Int32(number), threads: threads)
        }
        reader.finish()
        return reader
    }

    /// The status that counts, or the code of the failure; and the line.
    private func verdict(_ lines: String...) async throws -> String {
        let answer = try await read([lines.joined(separator: "\n") + "\n"]).answers[0]
        guard let answer else { return "none" }
        switch answer.outcome {
        case .ok(let entries): return "\(entries.map(\.refundStatus.rawValue)) at \(answer.source?.line ?? 0)"
        case .failed(let code, _): return "\(code) at \(answer.source?.line ?? 0)"
        }
    }

    // MARK: Which line counts

    @Test func lastOKLineElseTheLast() async throws {
        let (good, later) = (Self.good, Self.line(Self.body(4)))
        #expect(try await verdict(Self.line(good)) == "[2] at 1")
        #expect(try await verdict(Self.line(good), later) == "[4] at 2")
        #expect(try await verdict(Self.line(good), Self.failure("timeout")) == "[2] at 1")
        #expect(try await verdict(Self.failure("timeout"), Self.line(good)) == "[2] at 2")
        #expect(try await verdict(Self.failure("timeout"), Self.failure("http-503")) == "http-503 at 2")
        #expect(try await verdict(Self.line(good), Self.failure("a"), later, Self.failure("b")) == "[4] at 3")
    }

    @Test func unusableBodyCountsAsFailed() async throws {
        let other = Self.line(Self.body(2, order: "O2"))
        #expect(try await verdict(other) == "bad-body at 1")
        #expect(try await verdict(Self.line(), other) == "[2] at 1", "an earlier good line then counts")
        #expect(try await verdict(Self.failure("timeout"), other) == "bad-body at 2")
        #expect(try await verdict(Self.line(#"{"status":2}"#)) == "api-status-2 at 1")
        #expect(try await verdict(Self.line(), Self.line(#"{"status":2}"#)) == "[2] at 1")
        #expect(try await verdict(Self.line("null")) == "bad-body at 1")
        #expect(try await verdict(Self.line(#"{"status":900}"#)) == "api-status-900 at 1", "a journal stops no run")
        #expect(try await verdict(Self.line(#"{"status":0,"refundOrders":[]}"#)) == "[] at 1", "answered: not in it")
    }

    /// Atlas does not know the order: an answer in which the refund is not, whatever else the body holds.
    @Test(arguments: [
        #"{"status":703}"#, #"{"status":801,"refundOrders":null}"#,
        #"{"status":703,"refundOrders":[{"orderNo":"O1","refundCode":"R1","refundStatus":2}]}"#,
        #"{"status":801,"refundOrders":"nonsense"}"#,
    ]) func notFoundIsAnAnswer(body: String) async throws {
        #expect(try await verdict(Self.line(body)) == "[] at 1")
        #expect(try await verdict(Self.line(), Self.line(body)) == "[] at 2", "the last good line counts")
    }

    @Test func bodyOfAFailedLineIsNotRead() async throws {
        #expect(try await verdict(Self.line(outcome: "failed", error: #""http-500""#)) == "http-500 at 1")
        let notFound = Self.line(#"{"status":703}"#, outcome: "failed", error: #""timeout""#)
        #expect(try await verdict(notFound) == "timeout at 1")
    }

    /// Of no line but one whose outcome is exactly `ok` is more read.
    @Test(arguments: ["OK", " ok", "ok ", "okay", "o", ""]) func otherOutcomes(outcome: String) async throws {
        #expect(try await verdict(Self.line(outcome: outcome)) == "bad-body at 1")
    }

    @Test func anEscapedOutcomeIsTheSameText() async throws {
        #expect(try await verdict(Self.line(outcome: #"\u006fk"#)) == "[2] at 1")
    }

    /// Why a body cannot be used: found anew in the body of an `ok` line, taken from the line where it failed.
    @Test func detailOfAFailure() async throws {
        func detail(_ line: String) async throws -> Text? {
            guard case .failed(_, let detail) = try await read([line]).answers[0]?.outcome else { return "answered" }
            return detail
        }
        #expect(try await detail(Self.line(#"{"status":0,"refundOrders":""}"#)) == "refundOrders is not a list")
        let told = Self.line("null", outcome: "failed", error: #""bad-body""#).dropLast() + #","errorDetail":"why"}"#
        #expect(try await detail(String(told)) == "why")
        #expect(try await detail(Self.failure("timeout")) == nil)
        // One that was judged bad when it came, by a version that did not say why.
        func judgedBad(_ body: String) -> String { Self.line(body, outcome: "failed", error: #""bad-body""#) }
        #expect(try await detail(judgedBad(#"{"status":0,"refundOrders":""}"#)) == "refundOrders is not a list")
        #expect(try await detail(judgedBad(Self.good)) == nil, "it failed all the same")
        #expect(try await detail(judgedBad(#"{"status":703}"#)) == nil)
        #expect(try await detail(judgedBad("null")) == nil)
        #expect(try await detail(Self.line()) == "answered")
    }

    @Test func queriedAtIsCopiedOfAFailedLineToo() async throws {
        let failed = Self.line("null", outcome: "failed", error: #""timeout""#, at: "yesterday, at tea")
        #expect(try await read([failed]).answers[0]?.queriedAt == "yesterday, at tea")
        let unusable = Self.line(#"{"status":0,"refundOrders":1}"#, at: "2025-99-99")
        #expect(try await read([unusable]).answers[0]?.queriedAt == "2025-99-99")
    }

    @Test func notInJournal() async throws {
        let cases = [Self.refundCase("O1", "R1"), Self.refundCase("O1", "R2"), Self.refundCase("O1", nil)]
        let reader = try await read([Self.line() + "\n" + Self.line(order: #""O9""#)], cases)
        #expect(reader.answers.map { $0?.isOK } == [true, false, nil])
        #expect(reader.answers[1]?.outcome == .failed("not-in-journal"))
        #expect(reader.answers[1]?.queriedAt == nil)
        #expect(reader.rejects.isEmpty)
        #expect(try await read([""]).answers[0]?.outcome == .failed("not-in-journal"))
    }

    // MARK: Keys

    @Test func keyIsTheOrderElseTheLocator() async throws {
        let cases = [
            Self.refundCase("O1", "R1", pnr: "P1", carrier: "FR"), Self.refundCase(nil, "R1", pnr: "P1", carrier: "FR"),
            Self.refundCase(nil, "R1", pnr: "P1", carrier: "U2"),
        ]
        let lines = [
            Self.line(Self.body(2), at: "a"),
            Self.line(Self.body(4, order: "O7"), order: "null", pnr: #""P1""#, carrier: #""FR""#, at: "b"),
            Self.line(Self.body(1), order: #""O1""#, pnr: #""P1""#, carrier: #""U2""#, at: "c"),
        ]
        let reader = try await read([lines.joined(separator: "\n")], cases)
        #expect(
            reader.answers.map { $0?.queriedAt } == ["c", "b", nil], "with an order number the locator says nothing")
        #expect(reader.answers[1]?.entries.first?.orderNo == "O7", "any order, for a locator")
        #expect(reader.answers[2]?.outcome == .failed("not-in-journal"))
    }

    /// A line whose key is not text is about no case, also where the rest of it would name one.
    @Test(arguments: [
        (order: "1", pnr: #""P1""#, carrier: #""FR""#, code: #""R1""#),
        (order: "null", pnr: "1", carrier: #""FR""#, code: #""R1""#),
        (order: "null", pnr: #""P1""#, carrier: "true", code: #""R1""#),
        (order: "null", pnr: #""P1""#, carrier: "null", code: #""R1""#),
        (order: "null", pnr: #""P1""#, carrier: #""FR""#, code: "1"),
        (order: "null", pnr: #""P1""#, carrier: #""FR""#, code: "null"),
        (order: "[]", pnr: #""P1""#, carrier: #""FR""#, code: #""R1""#),
    ]) func keysAreText(order: String, pnr: String, carrier: String, code: String) async throws {
        let cases = [Self.refundCase(nil, "R1", pnr: "P1", carrier: "FR"), Self.refundCase("1", "1")]
        let line = Self.line(order: order, pnr: pnr, carrier: carrier, code: code)
        let reader = try await read([line], cases)
        #expect(reader.answers.map { $0?.isOK } == [false, false])
        #expect(reader.rejects.isEmpty, "it is a line of JSON, about something else")
    }

    @Test func keysAreTrimmedBytes() async throws {
        let cases = [Self.refundCase("O1", "R1"), Self.refundCase("\u{E9}", "R1")]
        let reader = try await read(
            [Self.line(order: #"" O1\t""#) + "\n" + Self.line(Self.body(2, order: "e\u{301}"), order: "\"e\u{301}\"")],
            cases)
        #expect(reader.answers.map { $0?.isOK } == [true, false])
    }

    // MARK: Lines that are none

    @Test func tornAndDoubledLinesAreRejects() async throws {
        let lines = [
            Self.line(), "", "{\"orderNo\":", "[1]", "  \t", #"{"orderNo":"O1","orderNo":"O1"}"#, "x\u{0}",
            String(Self.line(Self.body(4)).dropLast(9)),
        ]
        let reader = try await read([lines.joined(separator: "\r\n")])
        #expect(reader.rejects.map(\.source.line) == [3, 4, 6, 7, 8])
        #expect(reader.rejects.map(\.code) == [.badJSON, .badJSON, .duplicateKey, .badJSON, .badJSON])
        #expect(reader.answers[0]?.entries.first?.refundStatus == .refunded, "the torn line does not count")
    }

    /// A key twice anywhere in the line refuses all of it.
    @Test func doubledKeyWithinTheBody() async throws {
        let doubled = Self.line(#"{"status":0,"status":0,"refundOrders":[]}"#)
        let reader = try await read([doubled])
        #expect(reader.rejects.map(\.code) == [.duplicateKey])
        #expect(reader.answers[0]?.outcome == .failed("not-in-journal"))
    }

    @Test func longLines() async throws {
        func padded(to bytes: Int) -> String {
            let line = Self.line()
            return line + String(repeating: " ", count: bytes - line.utf8.count)
        }
        let fits = try await read([padded(to: 8 << 20)])
        #expect(fits.answers[0]?.isOK == true)
        #expect(fits.rejects.isEmpty)
        let tooLong = try await read([padded(to: 8 << 20 + 1)])
        #expect(tooLong.answers[0]?.isOK == false)
        #expect(tooLong.rejects.map(\.code) == [.lineTooLong])
    }

    // MARK: Files and tasks

    @Test func laterFilesCountLater() async throws {
        let reader = try await read([Self.line(), Self.line(Self.body(4)), Self.failure("timeout")])
        #expect(reader.answers[0]?.entries.first?.refundStatus == .rejected)
        #expect(reader.answers[0]?.source == SourceLine(file: 1, line: 1))
    }

    /// However many tasks read it, the same lines count.
    @Test(arguments: [1, 2, 3]) func anyNumberOfTasks(threads: Int) async throws {
        let cases = (0..<500).map { Self.refundCase(Text("O\($0)"), "R1") }
        let filler = String(repeating: " ", count: 4_000)
        let lines = (0..<3_000).map { number in
            number % 700 == 699
                ? "torn"
                : Self.line(Self.body(number % 7, order: "O\(number % 500)"), order: "\"O\(number % 500)\"") + filler
        }
        let reader = try await read([lines.joined(separator: "\n")], cases, threads: threads)
        #expect(reader.rejects.map(\.source.line) == [700, 1400, 2100, 2800])
        for (place, answer) in reader.answers.enumerated() {
            let line = place + 2_500 == 2_799 ? 2_300 : place + 2_501
            #expect(answer?.source?.line == Int32(line))
            #expect(answer?.entries.first?.refundStatus.rawValue == UInt8((line - 1) % 7))
        }
    }

    @Test func linesKeepWhenTheyWereAsked() async throws {
        #expect(try await read([Self.line(at: "2026-01-01T00:00:00Z")]).answers[0]?.queriedAt == "2026-01-01T00:00:00Z")
    }
}
