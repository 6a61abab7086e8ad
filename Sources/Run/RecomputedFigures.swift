import Core
import JSON
import Report

/// What the rows of a report add up to, and where its summary says otherwise.
struct RecomputedFigures {
    private var rowTypes: [String: Int] = [:]
    private var outcomes: [String: Int] = [:]
    private var exceptions: [String: Int] = [:]
    /// Notifications that cases got, and orphans, duplicates not counted.
    private var assignedCount = 0
    private var orphanCount = 0
    private var totals = CurrencyFigures(Self.totalNames)
    private var carriers: [String: CurrencyFigures] = [:]
    /// By bucket.
    private var ages: [String: CurrencyFigures] = [:]

    private static let expectedNames = ["expectedOriginal", "expectedPenalty", "expectedFee", "expectedRefund"]
    private static let finalNames = ["finalOriginal", "finalPenalty", "finalFee", "finalRefund"]
    private static let varianceNames = ["originalVariance", "penaltyVariance", "feeVariance", "refundVariance"]
    private static let totalNames =
        expectedNames + finalNames + varianceNames + [
            "unexplainedVariance", "refundShort", "refundOver", "atRisk", "open",
        ]
    private static let ofCarrier = CurrencyFigures(["cases", "expectedRefund", "finalRefund", "refundVariance"])
    private static let ofAge = CurrencyFigures(["cases", "expectedRefund"])

    mutating func add(_ row: RecomputedRow) throws(Total.Overflow) {
        rowTypes[row.rowType, default: 0] += 1
        for code in row.exceptions { exceptions[code, default: 0] += 1 }
        if row.rowType == "orphanWebhook" { orphanCount += row.webhookCount }
        guard row.isCase, let currency = row.currency else { return }
        outcomes[row.outcome, default: 0] += 1
        assignedCount += row.webhookCount
        try addTotals(row, currency)
        let refund = row.expected[3]
        try carriers[row.carrier, default: Self.ofCarrier].addCase(currency, refund)
        try carriers[row.carrier]?.add(row.variances[3], "refundVariance", currency)
        try carriers[row.carrier]?.addFinal(row, 3, "finalRefund")
        if !row.ageBucket.isEmpty { try ages[row.ageBucket, default: Self.ofAge].addCase(currency, refund) }
    }

    private mutating func addTotals(_ row: RecomputedRow, _ currency: Currency) throws(Total.Overflow) {
        totals.touch(currency)
        for (place, name) in Self.expectedNames.enumerated() { try totals.add(row.expected[place], name, currency) }
        for (place, name) in Self.finalNames.enumerated() { try totals.addFinal(row, place, name) }
        switch row.outcome {
        case "rejected", "withdrawn", "overdue", "unverified": try totals.add(row.expected[3], "atRisk", currency)
        case "pending": try totals.add(row.expected[3], "open", currency)
        default: break
        }
        // Over the cases that have both sides.
        guard let refund = row.variances[3] else { return }
        for (place, name) in Self.varianceNames.enumerated() { try totals.add(row.variances[place], name, currency) }
        try totals.add(row.unexplained, "unexplainedVariance", currency)
        try totals.add(refund, refund < 0 ? "refundShort" : "refundOver", currency)
    }

    // MARK: Comparison

    /// Where `summary.json` says something else, or something that no row supports, or less than the rows say.
    func differences(from summary: JSONValue) -> [String] {
        var differences = countDifferences(summary)
        differences += totals.differences("totals", summary["totals"]?.members ?? [])
        var statedCarriers: [String: [(key: String, value: JSONValue)]] = [:]
        for carrier in summary["byCarrier"]?.members ?? [] {
            statedCarriers[Self.asInCSV(carrier.key), default: []] += carrier.value.members
        }
        for carrier in Set(statedCarriers.keys).union(carriers.keys).sorted() {
            differences += (carriers[carrier] ?? Self.ofCarrier)
                .differences("byCarrier.\(carrier)", statedCarriers[carrier] ?? [])
        }
        var statedAges: [String: [(key: String, value: JSONValue)]] = [:]
        for currency in summary["ageing"]?.members ?? [] {
            for bucket in currency.value.members {
                statedAges[bucket.key, default: []].append((currency.key, bucket.value))
            }
        }
        for bucket in Set(statedAges.keys).union(ages.keys).sorted() {
            differences += (ages[bucket] ?? Self.ofAge)
                .differences("ageing \(bucket)", statedAges[bucket] ?? [])
        }
        return differences
    }

    /// A carrier that a spreadsheet would run has an apostrophe before it in CSV.
    private static func asInCSV(_ text: String) -> String {
        switch text.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: "'" + text
        default: text
        }
    }

    private func countDifferences(_ summary: JSONValue) -> [String] {
        let controls = summary["controls"]
        let told = [
            ("webhooks", "assigned", assignedCount), ("webhooks", "orphan", orphanCount),
            ("queries", "cases", rowTypes["case"] ?? 0), ("queries", "failed", exceptions["QUERY_FAILED"] ?? 0),
            ("queries", "notQueryable", exceptions["NOT_QUERYABLE"] ?? 0),
        ]
        return differences("cases", summary["cases"], outcomes)
            + differences("exceptions", summary["exceptions"], exceptions)
            + differences("controls.rows", controls?["rows"], rowTypes)
            // Of the other controls those that the rows can tell.
            + told.compactMap { group, name, count in
                let stated = controls?.members.first { $0.key == group }?.value.members.first { $0.key == name }
                return difference("controls.\(group).\(name)", stated?.value.text, String(count))
            }
    }

    private func differences(_ title: String, _ stated: JSONValue?, _ counts: [String: Int]) -> [String] {
        let stated = Dictionary(stated?.members.map { ($0.key, $0.value.text) } ?? []) { first, _ in first }
        return Set(stated.keys).union(counts.keys).sorted().compactMap { name in
            difference("\(title).\(name)", stated[name] ?? nil, String(counts[name] ?? 0))
        }
    }
}

/// What was stated and what the rows make it, if these differ.
private func difference(_ name: String, _ stated: String?, _ recomputed: String?) -> String? {
    if stated == recomputed { return nil }
    return "summary.json: \(name) is \(stated ?? "absent"), reconciliation.csv makes it \(recomputed ?? "nothing")"
}

extension JSONValue {
    /// A string's or number's characters, to be compared with what should stand there.
    fileprivate var text: String? { kind == .number ? String(decoding: raw, as: UTF8.self) : string }
}

/// Counts and sums by currency: of the whole, of one carrier, of one age.
private struct CurrencyFigures {
    /// Of the figures of each currency.
    private let names: Set<String>
    private var cases: [Currency: Int] = [:]
    private var sums: [Currency: [String: Total]] = [:]
    /// Final amounts whose currency the rows do not name: by name, then by the number of its digits.
    private var unplaced: [String: [Int: Total]] = [:]

    init(_ names: [String]) { self.names = Set(names) }

    mutating func touch(_ currency: Currency) { if sums[currency] == nil { sums[currency] = [:] } }

    mutating func addCase(_ currency: Currency, _ expectedRefund: Int128?) throws(Total.Overflow) {
        cases[currency, default: 0] += 1
        try add(expectedRefund ?? 0, "expectedRefund", currency)
    }

    mutating func add(_ amount: Int128?, _ name: String, _ currency: Currency) throws(Total.Overflow) {
        guard let amount else { return }
        try sums[currency, default: [:]][name, default: Total()].add(Total(minorUnits: amount))
    }

    mutating func addFinal(_ row: RecomputedRow, _ place: Int, _ name: String) throws(Total.Overflow) {
        guard let amount = row.final[place] else { return }
        if let currency = row.finalCurrency { return try add(amount, name, currency) }
        try unplaced[name, default: [:]][row.finalDigits, default: Total()].add(Total(minorUnits: amount))
    }

    // MARK: Comparison

    func differences(_ title: String, _ stated: [(key: String, value: JSONValue)]) -> [String] {
        var differences: [String] = []
        var found: Set<Currency> = []
        for (code, value) in stated {
            guard let currency = Currency(code), code == currency.code, found.insert(currency).inserted else {
                differences.append("summary.json: \(title).\(code) is no currency, or stands twice")
                continue
            }
            differences += self.differences("\(title).\(code)", currency, value)
        }
        for currency in Set(sums.keys).subtracting(found).sorted() {
            differences.append("summary.json: \(title).\(currency) is absent, reconciliation.csv has it")
        }
        for (name, byDigits) in unplaced.sorted(by: { $0.key < $1.key }) {
            for digits in byDigits.keys.sorted() where !holds(name, digits, stated) {
                differences.append(
                    "summary.json: \(title), \(name) in all currencies of \(digits) digits is not that of reconciliation.csv"
                )
            }
        }
        return differences
    }

    private func differences(_ title: String, _ currency: Currency, _ stated: JSONValue) -> [String] {
        var differences: [String] = []
        // A currency that no row names can only be that of final amounts.
        let isForeign = unplaced.contains { $0.value[currency.minorDigits] != nil }
        if sums[currency] == nil, !isForeign {
            return ["summary.json: \(title) is there, reconciliation.csv has no such row"]
        }
        for name in names.union(stated.members.map(\.key)).sorted() where unplaced[name]?[currency.minorDigits] == nil {
            let said = stated.members.first { $0.key == name }?.value.text
            if let found = difference("\(title).\(name)", said, recomputed(name, currency)) {
                differences.append(found)
            }
        }
        return differences
    }

    private func recomputed(_ name: String, _ currency: Currency) -> String? {
        guard names.contains(name) else { return nil }
        return name == "cases"
            ? String(cases[currency] ?? 0) : (sums[currency]?[name] ?? Total()).formatted(currency)
    }

    /// Whether the stated sums of a name, over all currencies of so many digits, are what the rows add up to.
    private func holds(_ name: String, _ digits: Int, _ stated: [(key: String, value: JSONValue)]) -> Bool {
        var rest = unplaced[name]?[digits]?.minorUnits ?? 0
        for (currency, sums) in sums where currency.minorDigits == digits { rest += sums[name]?.minorUnits ?? 0 }
        for (code, value) in stated {
            guard let currency = Currency(code), currency.minorDigits == digits,
                let member = value.members.first(where: { $0.key == name })
            else { continue }
            guard let total = member.value.string.flatMap({ Total(written: $0, currency) }) else { return false }
            rest -= total.minorUnits
        }
        return rest == 0
    }
}
