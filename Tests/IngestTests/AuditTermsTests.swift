import Files
import Ingest
import Memory
import Refunds
import TestSupport
import Testing

/// docs/FORMATS.md, "Fields for the audit of rules": kept when a run audits, and never a reason to refuse a record.
@Suite struct AuditTermsTests {
    private static func read(_ text: String, _ name: String, forAudit: Bool = true) async throws -> OrdersIngest {
        let folder = try InputFolder()
        let input = try InputFile(path: try folder.write(name, Array(text.utf8)))
        return try await OrdersIngest.read([input], firstFile: 0, threads: 1, forAudit: forAudit)
    }

    private static let rules = #"[{"airline":"U2","ruleType":"1","penaltyAmount":"5.00 USD"}]"#
    private static let departure = "2025-10-01T08:00:00+02:00"

    private static func terms(_ line: String) async throws -> AuditTerms? {
        let ingest = try await read(line, "o.jsonl")
        #expect(ingest.rejects.isEmpty)
        #expect(ingest.controls.accepted == 1)
        return ingest.cases.first?.auditTerms
    }

    private static func instant(_ text: String) -> Instant? { Instant(Array(text.utf8).span) }

    @Test func flatRecord() async throws {
        let terms = try #require(
            try await Self.terms(
                Record.order.with(["requestedAt": "2025-09-01T10:00:00Z"]).json(raw: [
                    "refundRules": Self.rules, "departureAt": "\"\(Self.departure)\"",
                    "originalTotalTaxAmount": "\"20.00\"", "refundTickets": "[{},{}]",
                ])))
        #expect(terms.refundRules?.json == Array(Self.rules.utf8))
        #expect(terms.refundRules?.rules?.first?.penaltyAmount?.amount.minorUnits == 500)
        #expect(terms.departureAt?.text == Self.departure)
        #expect(terms.departureAt?.instant == Self.instant("2025-10-01T06:00:00Z"))
        #expect(terms.requestedAt == Self.instant("2025-09-01T10:00:00Z"))
        #expect(terms.originalTotalTaxAmount?.minorUnits == 2000)
        #expect(terms.ticketCount == 2)
    }

    @Test func capturedCall() async throws {
        let response = CapturedCallTests.flat.dropLast() + #","refundRules":\#(Self.rules),"refundTickets":[{}]}"#
        let beside = #","departureAt":"\#(Self.departure)","originalTotalTaxAmount":20"#
        let terms = try #require(try await Self.terms(CapturedCallTests.call(String(response), more: beside)))
        #expect(terms.refundRules?.rules?.count == 1)
        #expect(terms.ticketCount == 1)
        #expect(terms.departureAt?.instant != nil)
        #expect(terms.originalTotalTaxAmount?.minorUnits == 2000)
        #expect(terms.requestedAt == Self.instant("2025-09-01T12:00:00Z"))
        // What stands beside the bodies goes before what the body says.
        let inBody = response.dropLast() + #","departureAt":"2025-10-02T08:00:00Z"}"#
        #expect(
            try await Self.terms(CapturedCallTests.call(String(inBody)))?.departureAt?.text == "2025-10-02T08:00:00Z")
        #expect(
            try await Self.terms(CapturedCallTests.call(String(inBody), more: beside))?.departureAt?.text
                == Self.departure)
    }

    @Test func csv() async throws {
        let record = Record.order.with([
            "refundRules": Self.rules, "departureAt": Self.departure, "originalTotalTaxAmount": "20.00",
            "colour": "blue",
        ])
        let text = "\(record.csvHeader)\n\(record.csv)\n"
        let audited = try await Self.read(text, "o.csv")
        let terms = try #require(audited.cases.first?.auditTerms)
        #expect(terms.refundRules?.json == Array(Self.rules.utf8))
        #expect(terms.refundRules?.rules?.count == 1)
        #expect(terms.departureAt?.instant != nil)
        #expect(terms.originalTotalTaxAmount?.minorUnits == 2000)
        #expect(terms.requestedAt == nil)
        #expect(terms.ticketCount == nil)
        #expect(audited.notes == ["o.csv: ignored columns colour"])
        let plain = try await Self.read(text, "o.csv", forAudit: false)
        #expect(plain.cases.first?.auditTerms == nil)
        #expect(plain.notes.first?.contains("refundRules") == true)
        #expect(plain.notes.first?.contains("departureAt") == true)
    }

    @Test func nothingToKeep() async throws {
        #expect(try await Self.terms(Record.order.json) == nil)
        #expect(try await Self.terms(Record.order.json(raw: ["refundRules": "null", "departureAt": "\"\""])) == nil)
        let plain = try await Self.read(Record.order.json(raw: ["refundRules": Self.rules]), "o.jsonl", forAudit: false)
        #expect(plain.cases.first?.auditTerms == nil)
    }

    /// Whatever stands in these fields, the record is accepted, and what cannot be read is unknown.
    @Test(arguments: [
        ("refundRules", "{}"), ("refundRules", "7"), ("refundRules", "\"rules\""), ("refundRules", "[{}]"),
        ("refundRules", "[null]"), ("refundRules", "true"), ("departureAt", "7"), ("departureAt", "{\"a\":[]}"),
        ("departureAt", "\"2025-10-01\""), ("departureAt", "\"soon\""), ("departureAt", "false"),
        ("originalTotalTaxAmount", "\"much\""), ("originalTotalTaxAmount", "-1"), ("originalTotalTaxAmount", "[]"),
        ("originalTotalTaxAmount", "100.01"), ("originalTotalTaxAmount", "1e99"), ("refundTickets", "7"),
        ("refundTickets", "{}"),
    ])
    func faultsRefuseNothing(field: String, value: String) async throws {
        for line in [
            Record.order.json(raw: [field: value, "other": "0"]),
            CapturedCallTests.call(CapturedCallTests.flat.dropLast() + ",\"\(field)\":\(value)}"),
            CapturedCallTests.call(CapturedCallTests.flat, more: ",\"\(field)\":\(value)"),
        ] {
            let terms = try await Self.terms(line)
            #expect(terms?.refundRules?.rules == nil)
            #expect(terms?.departureAt?.instant == nil)
            #expect(terms?.originalTotalTaxAmount == nil)
            #expect(terms?.ticketCount == nil)
        }
    }

    /// A later record of the same refund gives what the first one does not tell.
    @Test func duplicates() async throws {
        let record = Record.order.with(["requestedAt": "2025-09-01T10:00:00Z"])
        let first = record.json(raw: ["departureAt": "\"\(Self.departure)\""])
        let second = record.with(["requestedAt": "2025-09-01T11:00:00Z"]).json(raw: [
            "refundRules": Self.rules, "departureAt": "\"2026-01-01T00:00:00Z\"",
        ])
        let both = try await Self.read("\(first)\n\(second)\n", "o.jsonl")
        #expect(both.controls.duplicate == 1)
        let terms = try #require(both.cases.first?.auditTerms)
        #expect(terms.departureAt?.text == Self.departure)
        #expect(terms.refundRules?.rules?.count == 1)
        #expect(terms.requestedAt == Self.instant("2025-09-01T10:00:00Z"))
        let late = try await Self.read("\(record.json)\n\(second)\n", "o.jsonl")
        #expect(late.cases.first?.auditTerms?.departureAt?.text == "2026-01-01T00:00:00Z")
        // One that contradicts it gives nothing.
        let other = record.with(["transactionFee": "9.00"]).json(raw: ["refundRules": Self.rules])
        let conflict = try await Self.read("\(first)\n\(other)\n", "o.jsonl")
        #expect(conflict.controls.rejected == 1)
        #expect(conflict.cases.first?.auditTerms?.refundRules == nil)
    }

    /// Rules of any shape: the same records are accepted and refused, with the same values, as without the audit.
    @Test func anyShape() async throws {
        var random = Seeded()
        let values = [
            "null", "true", "0", "-7", "12.5", "1e999", "\"\"", "\"1\"", "\"4\"", "\"5.00 USD\"", "\"5.00\"",
            "\"fare\"",
            "\"fare+tax\"", "[]", "{}", "\"2025-10-01T00:00:00Z\"", "\"\\ud800\"",
        ]
        let names = [
            "airline", "ruleType", "penaltyAmount", "penaltyPercent", "penaltyPercentBase", "airlineFee",
            "taxRefundable",
            "fareRefundable", "startMinute", "endMinute", "refundMethod",
        ]
        for _ in 0..<(300 * Seeded.soak) {
            let rules = (0..<random.below(4)).map { _ in
                "{" + names.map { "\"\($0)\":\(random.pick(values))" }.joined(separator: ",") + "}"
            }
            let line = Record.order.json(raw: [
                "refundRules": random.once(in: 4) ? random.pick(values) : "[\(rules.joined(separator: ","))]",
                "departureAt": random.pick(values), "originalTotalTaxAmount": random.pick(values),
            ])
            let plain = try await Self.read(line, "o.jsonl", forAudit: false)
            var audited = try await Self.read(line, "o.jsonl").cases
            for index in audited.indices { audited[index].auditTerms = nil }
            #expect(plain.rejects.isEmpty, "seed \(random.seed): \(line)")
            #expect(audited == plain.cases, "seed \(random.seed): \(line)")
        }
    }
}
