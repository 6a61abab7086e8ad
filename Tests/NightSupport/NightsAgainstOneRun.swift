import Memory
import Refunds

/// Runs a population night by night and all at once, and holds one against the other.
package struct NightsAgainstOneRun {
    let population: Population
    let runner: NightRunner
    let folder: String
    let verifies: Bool
    private var differences: [String] = []

    /// What differs; empty if the last night's rows, and the roll-forward of all of them, are those of one run.
    package static func differences(
        _ population: Population, _ runner: NightRunner, verifies: Bool = true
    ) async throws -> [String] {
        let folder = try Files.makeTemporaryFolder()
        defer { Files.remove(folder) }
        return try await differences(population, runner, in: folder, verifies: verifies)
    }

    /// - Parameter folder: where inputs and reports are left.
    package static func differences(
        _ population: Population, _ runner: NightRunner, in folder: String, verifies: Bool = true
    ) async throws -> [String] {
        var check = NightsAgainstOneRun(population: population, runner: runner, folder: folder, verifies: verifies)
        do { try await check.run() } catch let failure as NightFailure {
            check.differences.append("not published: \(failure)")
        }
        return check.differences
    }

    private mutating func run() async throws {
        try Files.makeFolder("\(folder)/in")
        let whole = try await runAllAtOnce(population.nights.count)
        try await runNights()
        let reports = try population.nights.map { try NightReport(folder: "\(folder)/out/\($0.asOf)") }
        guard let last = reports.last else { return }
        compareRows(last, whole)
        checkNothingIsMissing(last, whole)
        checkRollForward(reports, whole)
        compareBreaks(last, whole)
        compareRejects(last, whole)
        if population.seed % 2 == 0 { try await checkHistory(of: last, whole) }
    }

    // MARK: Running

    /// One run over all that came until the end of a night.
    private func runAllAtOnce(_ nightCount: Int) async throws -> NightReport {
        guard nightCount > 0 else { throw NightFailure("there is no night") }
        let asOf = population.nights[nightCount - 1].asOf
        var request = NightRequest(asOf: asOf, output: "\(folder)/whole", auditsRules: population.auditsRules)
        for (night, orders) in zip(population.nights, population.ordersForOneRun).prefix(nightCount) {
            var night = night
            night.orders = orders
            try add(night, to: &request, prefix: "all-")
        }
        request.dispositions = try Files.write(
            Array("breakId,breakAmounts,Disposition\n".utf8), to: "\(folder)/in/decisions.csv")
        try await runner.run(request)
        return try NightReport(folder: "\(folder)/whole/\(asOf)")
    }

    private func add(_ night: PopulationNight, to request: inout NightRequest, prefix: String = "") throws {
        func write(_ files: [[UInt8]], _ kind: String) throws -> [String] {
            try files.enumerated().map { number, bytes in
                try Files.write(bytes, to: "\(folder)/in/\(prefix)\(night.asOf)-\(kind)-\(number + 1).jsonl")
            }
        }
        request.orders += try write(night.orderFiles, "orders")
        request.webhooks += try write(night.webhookFiles, "webhooks")
        request.journals += try write(night.journalFiles, "journal")
    }

    private mutating func runNights() async throws {
        for number in population.nights.indices {
            try await runFirst(number)
            for again in population.nightsRunAgain(after: number) {
                let isWhole = population.nights[again].firstRunLacks == nil
                let before = try NightReport(folder: reportFolder(again))
                try await run(population.nights[again])
                let isSame = try NightReport(folder: reportFolder(again)).csv == before.csv
                let isExpected =
                    isWhole
                    && population.nightsRunAgain(after: number).allSatisfy { earlier in
                        earlier >= again || population.nights[earlier].firstRunLacks == nil
                    }
                if isExpected, !isSame { differences.append("again: night \(again + 1) gives another report") }
            }
            let night = population.nights[number]
            if night.forgetsBefore { try await runner.forget("\(folder)/state", night.asOf) }
        }
        if !verifies { return }
        for number in population.nights.indices {
            for line in try await runner.verify(reportFolder(number)) {
                differences.append("verify night \(number + 1): \(line)")
            }
            // A night rests on the one before it only.
            if population.seed % 8 != 0 || number + 2 < population.nights.count { continue }
            for line in try await runner.redo(reportFolder(number)) {
                differences.append("redo night \(number + 1): \(line)")
            }
        }
    }

    private func reportFolder(_ number: Int) -> String { "\(folder)/out/\(population.nights[number].asOf)" }

    /// Runs a night for the first time, without what comes too late for it.
    private func runFirst(_ number: Int) async throws {
        var night = population.nights[number]
        guard let lack = night.firstRunLacks else { return try await run(night) }
        switch lack {
        case .orders: night.orders = []
        case .webhooks: night.webhooks = []
        case .answers: night.answers = []
        }
        try await run(night)
        let later = population.nights.indices.filter { $0 >= number }
        if !later.contains(where: { population.nightsRunAgain(after: $0).contains(number) }) {
            try await run(population.nights[number])
        }
    }

    private func run(_ night: PopulationNight) async throws {
        var request = NightRequest(asOf: night.asOf, output: "\(folder)/out", auditsRules: population.auditsRules)
        request.state = "\(folder)/state"
        request.requeryAfterDays = population.requeryAfterDays
        try add(night, to: &request)
        do { try await runner.run(request) } catch let failure as NightFailure {
            throw NightFailure("\(night.asOf): \(failure)")
        }
    }

    // MARK: Comparing

    /// The rows of all orders that have a row on the last night, in their order.
    private mutating func compareRows(_ last: NightReport, _ whole: NightReport) {
        let shown = Set(last.rows.flatMap(\.identities))
        let found = last.rows.map(\.comparable)
        let expected = whole.rows.filter { row in
            row.identities.isEmpty ? found.contains(row.comparable) : row.identities.contains(where: shown.contains)
        }.map(\.comparable)
        if found == expected { return }
        let (foundOnce, expectedOnce) = (Set(found), Set(expected))
        let lines =
            expected.filter { !foundOnce.contains($0) }.map { "  one run: \($0)" }
            + found.filter { !expectedOnce.contains($0) }.map { "  nights:  \($0)" }
        differences.append(
            (["rows: \(lines.isEmpty ? "other order or number" : "differ")"] + lines).joined(separator: "\n"))
    }

    /// What is outstanding in the one run, and what tonight's records concern, has its rows tonight.
    private mutating func checkNothingIsMissing(_ last: NightReport, _ whole: NightReport) {
        let shown = Set(last.rows.flatMap(\.identities))
        let tonight = Set(
            (population.nights.last?.orders ?? []).map(\.identity)
                + (population.nights.last?.webhooks ?? []).map { .order($0.orderNo) })
        for row in whole.rows where !row.identities.isEmpty {
            let isDue = row.isOutstanding || row.identities.contains(where: tonight.contains)
            if isDue, !row.identities.contains(where: shown.contains) {
                differences.append("missing: \(row.comparable)")
            }
        }
    }

    /// The breaks at the end of the last night, those not examined tonight included, are those of the one run.
    private mutating func compareBreaks(_ last: NightReport, _ whole: NightReport) {
        var missing = Dictionary(whole.openBreaks.map { ($0["breakId"], $0) }) { first, _ in first }
        for found in last.openBreaks {
            let expected = missing.removeValue(forKey: found["breakId"])
            if expected?["exceptions"] != found["exceptions"] {
                differences.append(
                    "breaks: \(found.comparable) is \(found["breakStanding"]), one run has \(expected?["exceptions"] ?? "none")"
                )
            }
        }
        for lacking in missing.values { differences.append("breaks: the nights have none like \(lacking.comparable)") }
    }

    /// Tonight's records are refused that one run refuses, and none of nights before.
    private mutating func compareRejects(_ last: NightReport, _ whole: NightReport) {
        guard let asOf = population.nights.last?.asOf else { return }
        let expected = whole.rejects.filter { $0["file"].hasPrefix("all-\(asOf)-") }.map {
            "\($0["file"].dropFirst("all-".count)):\($0["line"]) \($0["code"])"
        }
        let found = last.rejects.map { "\($0["file"]):\($0["line"]) \($0["code"])" }
        if found != expected { differences.append("rejects: \(found), one run has \(expected)") }
    }

    /// A break has been one since the first night from which on every run over all that had come shows it.
    private mutating func checkHistory(of last: NightReport, _ whole: NightReport) async throws {
        // A code that is learnt later changes the one runs of the nights before, and of two cases that prove to be one
        // refund the break goes back to the older one.
        if population.ordersForOneRun != population.nights.map(\.orders) { return }
        if population.nights.contains(where: { $0.orders.contains { $0["orderNo"] == nil } }) { return }
        var runs: [NightReport] = []
        for count in 1..<population.nights.count { runs.append(try await runAllAtOnce(count)) }
        for found in last.openBreaks {
            var since = population.nights.count - 1
            while since > 0, runs[since - 1].openBreaks.contains(where: { $0["breakId"] == found["breakId"] }) {
                since -= 1
            }
            let expected = "\(population.nights[since].asOf), \(population.nights.count - since) nights"
            let stated = "\(found["breakSince"]), \(found["breakNights"]) nights"
            if stated != expected { differences.append("since: \(stated), not \(expected): \(found.comparable)") }
        }
    }

    // MARK: Roll-forward

    private mutating func checkRollForward(_ reports: [NightReport], _ whole: NightReport) {
        var outstanding: [String: [String: OpenSum]] = ["cases": [:], "orphanWebhooks": [:]]
        for row in whole.rows where row.isOutstanding {
            let cents = centsOf(row[row.isCase ? "expectedRefundAmount" : "finalRefundAmount"])
            let kind = row.isCase ? "cases" : "orphanWebhooks"
            let before = outstanding[kind]?[row["currency"]] ?? OpenSum()
            outstanding[kind]?[row["currency"]] =
                before + OpenSum(count: 1, cents: cents ?? 0, withoutAmount: cents == nil ? 1 : 0)
        }
        for (kind, expected) in outstanding {
            let currencies = Set(expected.keys).union(
                reports.flatMap { $0.rollForward[kind].map { Array($0.keys) } ?? [] })
            for currency in currencies.sorted() {
                var closing = OpenSum()
                for (night, report) in zip(population.nights, reports) {
                    let roll = report.rollForward[kind]?[currency] ?? ReportedRoll()
                    if roll.opening != closing {
                        differences.append(
                            "roll: \(night.asOf) \(kind) \(currency) opens with \(roll.opening), not \(closing)")
                    }
                    closing = roll.closing
                    if roll.opening + roll.new - roll.cleared != roll.closing {
                        differences.append("roll: \(night.asOf) \(kind) \(currency) does not balance")
                    }
                }
                if closing != expected[currency] ?? OpenSum() {
                    differences.append(
                        "roll: \(kind) \(currency) closes with \(closing), one run leaves \(expected[currency] ?? OpenSum())"
                    )
                }
            }
        }
    }
}
