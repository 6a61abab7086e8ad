import Files
import Foundation
import Memory
import Query
import Refunds
import Testing

/// Answers of nights before: one counts until tonight's journal has a good line, and tonight's failure is noted beside it.
@Suite struct RecalledAnswerTests {
    private static let recalledFile: Int32 = 7

    private static func refundCase(_ code: Text) throws -> RefundCase {
        var built = RefundCase(
            currency: try #require(Currency("USD")), requestedAt: CalendarDate(daysSinceEpoch: 0),
            source: SourceLine(file: 0, line: 1))
        built.orderNo = "O1"
        built.refundCode = code
        return built
    }

    private static func line(_ code: String, ok: Bool) -> String {
        let body =
            ok ? #"{"status":0,"refundOrders":[{"orderNo":"O1","refundCode":"\#(code)","refundStatus":4}]}"# : "null"
        return """
            {"schema":1,"orderNo":"O1","refundCode":"\(code)","airlinePNR":null,"carrier":null,"queriedAt":"t",\
            "attempts":1,"httpStatus":200,"outcome":"\(ok ? "ok" : "failed")","error":\(ok ? "null" : "\"timeout\""),\
            "body":\(body)}
            """
    }

    struct Night: Sendable {
        let what: String
        var isUsedAgain = false
        /// By line of tonight's journal, whether it is good.
        let journal: [Bool]
        let isRecalled: Bool
        let failure: Text?
    }

    @Test(arguments: [
        Night(what: "no line", journal: [], isRecalled: true, failure: "not-in-journal"),
        Night(what: "a failure", journal: [false], isRecalled: true, failure: "timeout"),
        Night(what: "a good line", journal: [true], isRecalled: false, failure: nil),
        Night(what: "a failure, then a good line", journal: [false, true], isRecalled: false, failure: nil),
        Night(what: "a good line, then a failure", journal: [true, false], isRecalled: false, failure: nil),
        Night(what: "not asked", isUsedAgain: true, journal: [], isRecalled: true, failure: nil),
        Night(what: "not asked, a failure", isUsedAgain: true, journal: [false], isRecalled: true, failure: nil),
        Night(what: "not asked, a good line", isUsedAgain: true, journal: [true], isRecalled: false, failure: nil),
    ])
    func whichCounts(_ night: Night) async throws {
        let refundCase = try Self.refundCase("R1")
        var reader = JournalReader(cases: [refundCase, try Self.refundCase("R2")])
        let entry = RefundOrderEntry(
            orderNo: "O1", refundCode: "R1", refundStatus: .refunded, isVoucher: false, amounts: QueriedAmounts())
        let place = SourceLine(file: Self.recalledFile, line: 3)
        reader.recall([
            RecalledAnswer(
                key: refundCase.identity.lookupKey,
                answer: StatusAnswer(outcome: .ok(RefundOrderEntries(only: entry)), queriedAt: nil, source: place),
                isUsedAgain: night.isUsedAgain)
        ])
        #expect(reader.isAnswered(0) == night.isUsedAgain)
        #expect(!reader.isAnswered(1))
        let text = (night.journal.map { Self.line("R1", ok: $0) } + [Self.line("R2", ok: true)])
            .joined(separator: "\n")
        let file = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await reader.read(try InputFile(path: file.path), file: 1, threads: 1)
        reader.finish()
        let answer = try #require(reader.answers[0])
        #expect(answer.isOK)
        #expect((answer.source == place) == night.isRecalled)
        #expect(reader.answers.failedTonight == (night.failure.map { [0: QueryFailure($0)] } ?? [:]))
        #expect(reader.answers.failedCount == (night.failure == nil ? 0 : 1))
        #expect(reader.answers.okCount == (night.failure == nil ? 2 : 1))
    }

    /// A line about a refund that is no case of tonight is evidence, if a night before may have had its order.
    @Test func linesAboutRememberedRefunds() async throws {
        var reader = JournalReader(cases: [try Self.refundCase("R1")], mayBeRemembered: { $0.refundCode != "R3" })
        let file = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        try Data(["R1", "R2", "R3"].map { Self.line($0, ok: true) }.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await reader.read(try InputFile(path: file.path), file: 1, threads: 1)
        #expect(reader.remembered.map(\.refundCode) == ["R2"])
    }
}
