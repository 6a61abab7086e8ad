import Memory
import Refunds
import Testing

@Suite struct StatusAnswersTests {
    private static func answer(_ line: Int32, ok: Bool = true) -> StatusAnswer {
        StatusAnswer(
            outcome: ok ? .ok([]) : .failed("timeout"), queriedAt: nil, source: SourceLine(file: 3, line: line))
    }

    @Test func theOneThatWasSetLastCounts() {
        var answers = StatusAnswers(count: 3)
        #expect(answers.count == 3)
        #expect(answers.allSatisfy { $0 == nil })
        #expect(!answers.isSet(1))
        #expect(!answers.isOK(1))
        let first = answers.add([Self.answer(1), Self.answer(2, ok: false)])
        answers.set(1, list: first, index: 0)
        answers.set(2, list: first, index: 1)
        #expect(answers[0] == nil)
        #expect(answers[1] == Self.answer(1))
        #expect(answers[2] == Self.answer(2, ok: false))
        #expect(answers.okCount == 1)
        #expect(answers.failedCount == 1)
        #expect(answers.isOK(1))
        #expect(answers.isSet(2))
        #expect(!answers.isOK(2))

        let second = answers.add([Self.answer(1, ok: false)], linesBefore: 40)
        answers.set(1, list: second, index: 0)
        #expect(answers[1] == Self.answer(41, ok: false), "its line is counted from the file's beginning")
        #expect(answers.okCount == 0)
        #expect(answers.failedCount == 2)
        #expect(answers.mayNameOtherRefunds.isEmpty)
        answers.noteOtherRefunds(2)
        #expect(answers.mayNameOtherRefunds == [2])
    }

    @Test func isTheArrayThatItWasMadeOf() {
        let array: [StatusAnswer?] = (0..<100).map { $0 % 3 == 0 ? nil : Self.answer($0, ok: $0 % 2 == 0) }
        let answers = StatusAnswers(array)
        #expect(Array(answers) == array)
        #expect(answers.okCount == array.count { $0?.isOK == true })
        #expect(answers.failedCount == array.count { $0?.isOK == false })
        #expect(answers.mayNameOtherRefunds == Set(array.indices.filter { array[$0] != nil }), "nobody has looked")
    }
}

@Suite struct RefundOrderEntriesTests {
    @Test(arguments: 0..<4)
    func isTheListThatItWasMadeOf(_ count: Int) {
        let entries = (0..<count).map {
            RefundOrderEntry(
                orderNo: "O", refundCode: Text("R\($0)"), refundStatus: .refunded, isVoucher: false,
                amounts: QueriedAmounts())
        }
        let made = RefundOrderEntries(entries)
        #expect(Array(made) == entries)
        #expect(made == RefundOrderEntries(entries))
        #expect(made != RefundOrderEntries(entries + entries) || entries.isEmpty)
        if let only = entries.first, count == 1 { #expect(made == RefundOrderEntries(only: only)) }
    }
}
