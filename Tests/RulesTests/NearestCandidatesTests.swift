import Memory
import Refunds
import Testing
@testable import Rules

/// An order with many cases is matched by way of a shortlist: it must give what comparing all cases gives.
@Suite struct NearestCandidatesTests {
    private static let seeds = UInt64(0)..<400

    @Test func theShortlistHoldsTheBestCase() {
        var assigned = 0
        for seed in Self.seeds {
            var random = Seeded(seed)
            let scenario = Self.order(&random)
            let candidates = zip(scenario.cases, scenario.answers).map { refundCase, answer in
                MatchingCandidate(refundCase, queriedStatus: answer?.entry(about: refundCase)?.refundStatus)
            }
            let webhooks = scenario.webhooks.enumerated().map { Delivery(index: Int32($0), webhook: $1) }
            let all = OrderMatching.match(candidates, with: webhooks, mostComparedCases: .max)
            let near = OrderMatching.match(candidates, with: webhooks, mostComparedCases: 0)
            #expect(near == all, "seed \(seed)")
            assigned += all.reduce(0) { $0 + $1.assigned.count }
        }
        #expect(assigned > 4_000)
    }

    /// One order of up to forty cases, alike enough that every criterion decides now and then.
    private static func order(_ random: inout Seeded) -> Scenario {
        let currencies = [usd, usd, usd, eur]
        let totals: [Int64] = [100_00, 100_00, 90_00, 80_00]
        var cases: [RefundCase] = []
        var answers: [StatusAnswer?] = []
        for line in 0..<(1 + random.below(40)) {
            let code = random.once(in: 8) ? nil : Text("R\(random.below(30))")
            let built = refundCase(
                "O1", code, fare: random.once(in: 12) ? nil : random.pick(totals),
                penalty: random.once(in: 12) ? nil : Int64(random.below(6)) * 1_00, in: random.pick(currencies),
                line: Int32(line + 1))
            cases.append(built)
            let status = random.pick([RefundStatus.refunded, .rejected, .airlineProcessing])
            answers.append(random.once(in: 2) ? code.map { answer(entry(status, "O1", $0)) } : nil)
        }
        let webhooks = (0..<random.below(80)).map { line in
            webhook(
                random.pick([.refunded, .refunded, .rejected, .airlineProcessing]), "O1", original: random.pick(totals),
                penalty: Int64(random.below(6)) * 1_00, in: random.pick(currencies), line: Int32(line + 1))
        }
        return Scenario(cases: cases, answers: answers, webhooks: webhooks)
    }
}
