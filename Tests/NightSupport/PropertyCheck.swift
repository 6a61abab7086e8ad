import Glibc

/// The property over many populations, made from seeds that follow each other.
package struct PropertyCheck: Sendable {
    let runner: NightRunner
    let verifies: Bool
    /// How many smaller populations are tried to make a failing one small.
    let mostTries: Int
    let population: @Sendable (_ seed: UInt64) -> Population

    package init(
        _ runner: NightRunner, verifies: Bool = true, mostTries: Int = 600,
        population: @escaping @Sendable (_ seed: UInt64) -> Population = { Population(random: $0) }
    ) {
        self.runner = runner
        self.verifies = verifies
        self.mostTries = mostTries
        self.population = population
    }

    /// How many counterexamples are enough: REFUND_RECON_COUNTEREXAMPLES, else 3.
    package static let mostStated = getenv("REFUND_RECON_COUNTEREXAMPLES").flatMap { Int(String(cString: $0)) } ?? 3

    /// A population for which nights and one run differ, with as few records as still show it.
    package struct Counterexample: Sendable, CustomStringConvertible {
        package let seed: UInt64
        package let population: Population
        package let differences: [String]
        /// What was found at first: if it is not found again, what else the process did made the difference.
        package let firstFound: [String]

        package var description: String {
            let again = differences.isEmpty ? ["not found again; at first it was:"] + firstFound : differences
            return (["seed \(seed), with as few records as still show it:"] + again + [population.text])
                .joined(separator: "\n")
        }
    }

    /// The counterexamples among so many populations, the smallest seed first; at most `most` are looked for.
    ///
    /// - Parameter width: how many populations are run at a time.
    package func counterexamples(
        firstSeed: UInt64, count: Int, width: Int = 2, most: Int = Self.mostStated
    ) async throws -> [Counterexample] {
        var failing: [UInt64: [String]] = [:]
        try await withThrowingTaskGroup(of: (seed: UInt64, differences: [String]).self) { group in
            var next = firstSeed
            let end = firstSeed + UInt64(count)
            func start(_ group: inout ThrowingTaskGroup<(seed: UInt64, differences: [String]), any Error>) {
                guard next < end, failing.count < most else { return }
                let seed = next
                next += 1
                group.addTask { (seed, try await self.differences(self.population(seed))) }
            }
            for _ in 0..<width { start(&group) }
            while let (seed, differences) = try await group.next() {
                if !differences.isEmpty { failing[seed] = differences }
                start(&group)
            }
        }
        var examples: [Counterexample] = []
        for (seed, found) in failing.sorted(by: { $0.key < $1.key }) {
            examples.append(try await counterexample(seed, firstFound: found))
        }
        return examples
    }

    func differences(_ population: Population) async throws -> [String] {
        try await NightsAgainstOneRun.differences(population, runner, verifies: verifies)
    }

    /// Leaves records out as long as it fails in the same way.
    package func counterexample(_ seed: UInt64, firstFound: [String] = []) async throws -> Counterexample {
        let population = population(seed)
        let kind = try await differences(population).first.map(Self.kind)
        let small = try await population.shrunk(mostTries: mostTries) { smaller in
            try await differences(smaller).contains { Self.kind($0) == kind }
        }
        return Counterexample(
            seed: seed, population: small, differences: try await differences(small), firstFound: firstFound)
    }

    private static func kind(_ difference: String) -> Substring { difference.prefix { $0 != ":" && $0 != " " } }
}

extension Population {
    /// The population of a seed.
    package init(random seed: UInt64) {
        var maker = PopulationMaker(seed: seed)
        self = maker.make()
    }

    /// The nights, first to last, that are run again after a night.
    func nightsRunAgain(after number: Int) -> Range<Int> {
        max(0, number + 1 - nights[number].nightsRunAgain)..<(number + 1)
    }

    /// The same inputs on the last night.
    package var inOneNight: Population {
        var population = self
        guard var night = nights.last else { return self }
        night.orders = nights.flatMap(\.orders)
        night.webhooks = nights.flatMap(\.webhooks)
        night.answers = nights.flatMap(\.answers)
        population.nights = [night]
        return population
    }

    /// The inputs as files that a person can write down again.
    package var text: String {
        var lines = requeryAfterDays > 0 ? ["--requery-after \(requeryAfterDays)"] : []
        if auditsRules { lines.append("--audit-rules") }
        for night in nights {
            let lack = night.firstRunLacks.map { ", first run without \($0), later with them" } ?? ""
            lines.append("night \(night.asOf)\(lack)")
            for (kind, files) in [
                ("orders", night.orderFiles), ("webhooks", night.webhookFiles), ("journal", night.journalFiles),
            ] {
                for (number, bytes) in files.enumerated() where !bytes.isEmpty {
                    lines.append("  \(night.asOf)-\(kind)-\(number + 1).jsonl")
                    lines += bytes.split(separator: 0x0A).map { "    " + String(decoding: $0, as: UTF8.self) }
                }
            }
            if night.nightsRunAgain > 0 { lines.append("  then the last \(night.nightsRunAgain) nights again") }
            if night.forgetsBefore { lines.append("  then state forget-before \(night.asOf)") }
        }
        return lines.joined(separator: "\n")
    }
}
