import Glibc
import Testing

extension Reliability {
    /// A run that is killed at any moment leaves a sound store, and a night in it if and only if its report is published.
    @Suite struct StateTests {
        @Test func killedAtAnyMoment() async throws {
            let nights = try await StateNights()
            var kills = 0
            for seed in 0..<UInt64(40 * soakFactor) {
                let place = try nights.copy("\(seed)")
                var random = Seeded(seed: seed)
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let moment = Double.random(in: 0..<nights.seconds * 1.1, using: &random)
                    let run = try await Binary.run(nights.arguments(place), withinSeconds: moment)
                    kills += run.isKilled ? 1 : 0
                    try await nights.check(place, "seed \(seed)")
                }
                try await nights.finish(place, "seed \(seed)")
            }
            #expect(kills >= 20 * soakFactor, "\(kills) kills")
        }
    }
}
