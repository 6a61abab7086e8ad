import Glibc
import NightSupport
import TestSupport
import Testing

/// docs/FROM-NIGHT-TO-NIGHT.md: inputs that come night by night give the same rows as all of them at once.
@Suite struct NightsTests {
    /// How many populations, from the seed on: REFUND_RECON_POPULATIONS, else 500.
    private static let count = getenv("REFUND_RECON_POPULATIONS").flatMap { Int(String(cString: $0)) } ?? 500

    @Test func nightsAreAsOneRun() async throws {
        let found = try await PropertyCheck(.inProcess).counterexamples(firstSeed: Seeded().seed, count: Self.count)
        for example in found { Issue.record("\(example)") }
    }

    /// What is compared is the same where nothing is dealt over nights.
    @Test func oneNightIsAsOneRun() async throws {
        let found = try await PropertyCheck(.inProcess, population: { Population(random: $0).inOneNight })
            .counterexamples(firstSeed: Seeded().seed, count: 100)
        for example in found { Issue.record("\(example)") }
    }

    /// A store that remembers nothing is found out.
    @Test func nightsThatRememberNothingAreNotAsOneRun() async throws {
        let forgetful = NightRunner(
            run: { request in
                var request = request
                request.state = request.state.map { "\($0)-\(request.asOf)" }
                try await NightRunner.inProcess.run(request)
            }, forget: { _, _ in }, verify: { _ in [] }, redo: { _ in [] })
        let found = try await PropertyCheck(forgetful).counterexamples(firstSeed: Seeded().seed, count: 20, most: 1)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.population.nights.count == 2 }, "two nights are enough to show it")
    }
}
