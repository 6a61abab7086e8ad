import JSON
import Testing

/// `--audit-rules` and `--fee-schedule`: what they add to a report, and that they change nothing else of it.
@Suite struct AuditTests {
    private static let folder = Repository.resources + "/audit"
    private static let audits = ["--audit-rules", "--fee-schedule", folder + "/fees.csv"]
    private static let asOf = "2025-06-30"

    private static func run(_ output: String, _ more: [String], environment: [String: String] = [:]) async throws
        -> Finished
    {
        try await Command.run(
            [
                "run", "--orders", folder + "/orders.jsonl", "--orders", folder + "/orders.csv", "--webhooks",
                folder + "/webhooks.jsonl", "--status-journal", folder + "/status-journal.jsonl", "--as-of", asOf,
                "--output", output,
            ] + more, environment: environment)
    }

    @Test func golden() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Self.run(folder / "out", Self.audits + ["--formats", "csv,jsonl"])
        #expect(finished.code == 0, "\(finished.errorText)")
        #expect(!finished.errorText.contains("refundRules"), "a column that is read is not ignored")
        try GoldenTests.compare("\(folder / "out")/\(Self.asOf)", with: "audit")
        for title in ["Penalties and the refund rules", "Fees and the contract", "noRules"] {
            #expect(finished.outputText.contains(title))
        }
    }

    /// What the records and the contract come to, worked out by hand.
    @Test func byHand() async throws {
        let folder = try TemporaryFolder()
        _ = try await Self.run(folder / "out", Self.audits + ["--formats", "csv"])
        let rows = try csvRecords(Files.read("\(folder / "out")/\(Self.asOf)/reconciliation.csv"))
        let columns = [
            "orderNo", "rulePenaltyAmount", "quotedPenaltyVersusRule", "finalPenaltyVersusRule", "ruleUnknown",
            "contractedFee", "quotedFeeVersusContract", "chargedFeeVersusContract", "feeUnknown",
        ]
        let byHand = [
            "AUDIT01,25.00,0.00,5.00,,1.50,0.50,0.50,", "AUDIT02,60.00,-35.00,0.00,,2.00,0.00,1.00,",
            "AUDIT03,16.55,0.00,0.00,,1.50,0.50,0.50,", "AUDIT04,22.00,0.00,,,1.50,0.50,,",
            "AUDIT05,0.00,0.00,5.00,,,,,noCarrier", "AUDIT06,165.48,,-65.48,notQuoted,1.50,0.50,0.50,",
            "AUDIT07,,,,otherCurrency,1.50,0.50,0.50,", "AUDIT08,,,,noDeparture,1.50,0.50,,",
            "AUDIT09,,,,severalTickets,1.50,0.50,,", "AUDIT10,,,,noTax,1.50,0.50,,",
            "AUDIT11,66.20,-0.01,0.00,,1.50,0.50,0.50,", "AUDIT12,2500,-500,500,,300,0,50,",
            "AUDIT13,,,,unreadableRules,1.50,0.50,,", "AUDIT14,,,,unreadableDeparture,2.00,0.50,,",
            "AUDIT15,,,,noRules,0.00,2.00,2.00,", "AUDIT16,12.00,3.00,,,2.00,0.00,,",
            "AUDIT17,,,,noRules,,,,noRefundReason", "AUDIT99,,,,,,,,",
        ]
        #expect(rows.map { row in columns.map { row[$0] ?? "(none)" }.joined(separator: ",") } == byHand)
    }

    /// Without the options nothing of it is there, and with them all else is the same.
    @Test func nothingElseChanges() async throws {
        let folder = try TemporaryFolder()
        let formats = ["--formats", "csv,jsonl"]
        #expect(try await Self.run(folder / "plain", formats).code == 0)
        #expect(try await Self.run(folder / "audited", Self.audits + formats).code == 0)
        let (plain, audited) = ("\(folder / "plain")/\(Self.asOf)/", "\(folder / "audited")/\(Self.asOf)/")
        for name in ["reconciliation.csv", "exceptions.csv", "reconciliation.jsonl"] {
            let lines = try Files.read(plain + name).split(separator: 0x0A)
            let longer = try Files.read(audited + name).split(separator: 0x0A)
            #expect(lines.count == longer.count)
            for (line, long) in zip(lines, longer) {
                #expect(long.starts(with: line.dropLast(1)), "\(name)")
                #expect(long.count > line.count, "\(name)")
                // Behind the contract's columns a comma, behind its members too.
                #expect(long[long.startIndex + line.count - 1] == UInt8(ascii: ","), "\(name)")
            }
        }
        #expect(try Files.read(plain + "rejects.csv") == Files.read(audited + "rejects.csv"))
        let summary = try Files.read(plain + "summary.json")
        // All but the end of the object and its line.
        #expect(try Files.read(audited + "summary.json").starts(with: summary.dropLast(3)))
        let manifest = try Files.text(plain + "manifest.json")
        #expect(!manifest.contains("auditRules"))
        #expect(!manifest.contains("feeSchedule"))
    }

    @Test func evidenceAndVerify() async throws {
        let folder = try TemporaryFolder()
        #expect(try await Self.run(folder / "out", Self.audits).code == 0)
        let report = "\(folder / "out")/\(Self.asOf)"
        let manifest = try parsedJSON(Files.read(report + "/manifest.json"))
        #expect(manifest["parameters"]?["auditRules"] == .bool(true))
        #expect(manifest["parameters"]?["feeSchedule"]?.string == Self.folder + "/fees.csv")
        let schedule = try #require(manifest["inputs"]?.elements.first { $0["role"]?.string == "feeSchedule" })
        #expect(schedule["name"]?.string == "fees.csv")
        #expect(schedule["sha256"]?.string?.utf8.count == 64)
        let verified = try await Command.run(["verify", report])
        #expect(verified.code == 0, "\(verified.outputText)")
        // A sum that was changed is found, hashes apart.
        for (from, to) in [
            ("\"aboveAmount\": \"3.00\"", "\"aboveAmount\": \"4.00\""), ("\"noTax\": 1", "\"noTax\": 2"),
            ("   \"noTax\": 1,\n", ""),
        ] {
            let summary = try Files.text(report + "/summary.json")
            #expect(summary.contains(from))
            try Files.write(Array(summary.replacing(from, with: to).utf8), to: report + "/summary.json")
            let touched = try await Command.run(["verify", report])
            #expect(touched.code == 1, "\(touched.outputText)")
            #expect(touched.outputText.contains("ruleAudit"), "\(touched.outputText)")
            try Files.write(Array(summary.utf8), to: report + "/summary.json")
        }
    }

    @Test func fromTheConfiguration() async throws {
        let folder = try TemporaryFolder()
        let fees = Self.folder + "/fees.csv"
        let file = try folder.write("config.json", "{\"audit-rules\": true, \"fee-schedule\": \"\(fees)\"}")
        let formats = ["--formats", "csv"]
        _ = try await Self.run(folder / "arguments", formats + Self.audits)
        _ = try await Self.run(folder / "file", formats + ["--config", file])
        _ = try await Self.run(
            folder / "environment", formats,
            environment: ["REFUND_RECON_AUDIT_RULES": "true", "REFUND_RECON_FEE_SCHEDULE": fees])
        let reports = try ["arguments", "file", "environment"].map {
            try Files.read("\(folder / $0)/\(Self.asOf)/reconciliation.csv")
        }
        #expect(reports[0] == reports[1])
        #expect(reports[0] == reports[2])
        let validated = try await Command.run(
            ["validate", "--orders", Self.folder + "/orders.jsonl", "--config", file])
        #expect(validated.code == 0, "\(validated.errorText)")
    }

    @Test(arguments: [
        ("currency,fee\nUSD,1\nUSD,2\n", 65, "line 3: overlaps line 2"), ("currency,fee\nUSD,x\n", 65, "line 2"),
        ("fee\n1\n", 65, "lacks currency"), ("", 65, "no header"),
    ])
    func unusableSchedule(text: String, code: Int32, says: String) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Self.run(
            folder / "out", ["--fee-schedule", try folder.write("fees.csv", text)])
        #expect(finished.code == code, "\(finished.errorText)")
        #expect(finished.errorText.contains(says), "\(finished.errorText)")
        #expect(!Files.exists("\(folder / "out")/\(Self.asOf)"))
    }

    @Test func noSchedule() async throws {
        let folder = try TemporaryFolder()
        #expect(try await Self.run(folder / "out", ["--fee-schedule", folder / "none.csv"]).code == 66)
        #expect(try await Self.run(folder / "out", ["--fee-schedule", "-"]).code == 64)
    }
}
