import Memory
import Refunds
import Testing

/// Ours against the oracle on many small populations. A failure names the seed that makes it again.
@Suite struct OracleTests {
    private static let chunks = 8
    private static let populationsPerChunk = 1_500

    @Test(arguments: 0..<chunks) func oursSaysWhatTheOracleSays(chunk: Int) {
        for index in 0..<Self.populationsPerChunk {
            let seed = UInt64(chunk * Self.populationsPerChunk + index)
            var population = RandomPopulation(seed: seed)
            let scenario = population.scenario()
            let oracle = Oracle(
                cases: scenario.cases, answers: scenario.answers, webhooks: scenario.webhooks,
                asOf: scenario.asOf, tolerance: { $0 == "USD" ? 1 : 0 })
            let ours = scenario.rows.map { Facts($0) }
            let theirs = oracle.rows()
            if ours != theirs {
                for (place, pair) in zip(ours, theirs).enumerated() where pair.0 != pair.1 {
                    Issue.record("seed \(seed), row \(place): \(pair.0) is not \(pair.1)")
                }
                #expect(ours.count == theirs.count, "seed \(seed)")
                return
            }
        }
    }

    /// The populations are worth something only if all that can happen happens often.
    @Test func populationsHaveEveryOutcomeAndEveryException() {
        var outcomes: [Outcome: Int] = [:]
        var codes: [ExceptionCode: Int] = [:]
        for seed in 0..<1_000 {
            var population = RandomPopulation(seed: UInt64(seed))
            for row in population.scenario().rows {
                if let outcome = row.outcome { outcomes[outcome, default: 0] += 1 }
                for code in row.codes { codes[code, default: 0] += 1 }
            }
        }
        for outcome in Outcome.allCases { #expect(outcomes[outcome, default: 0] >= 10, "\(outcome)") }
        for code in ExceptionCode.allCases { #expect(codes[code, default: 0] >= 10, "\(code.rawValue)") }
    }
}
