import Files
import Ingest
import Memory
import Refunds
import Testing

/// FORMATS.md, "CSV" and "Lines".
@Suite struct CSVTests {
    private static let header =
        "orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt"
    private static func row(_ orderNo: String, _ refundCode: String = "R") -> String {
        "\(orderNo),\(refundCode),USD,1,0,0,20250901"
    }

    /// Reads rows behind the header and gives `line:orderNo|refundCode` of the cases, then `line code` of the rejects.
    private static func read(_ rows: String) async throws -> [String] {
        let ingest = try await readOrders(header + "\n" + rows, "o.csv")
        #expect(ingest.controls.balances)
        return ingest.cases.map { "\($0.source.line):\($0.orderNo?.string ?? "")|\($0.refundCode?.string ?? "")" }
            + Refusal.list(ingest.rejects).map(\.description)
    }

    @Test(
        "quotes, newlines and what breaks a record",
        arguments: [
            (row("A") + "\n" + row("B"), ["2:A|R", "3:B|R"]),
            (row("A") + "\r\n" + row("B") + "\r\n", ["2:A|R", "3:B|R"]), (row("\"A\""), ["2:A|R"]),
            (row("\"\"\"A\"\"\""), ["2:\"A\"|R"]),
            (row("\"A\"\"B\""), ["2:A\"B|R"]), (row("\"\"\"\""), ["2:\"|R"]), (row("\"\"\"\"\"\""), ["2:\"\"|R"]),
            (row("\"A,B\""), ["2:A,B|R"]), (row("\" A\nB \"") + "\n" + row("C"), ["2:A\nB|R", "4:C|R"]),
            (row("\"A\r\nB\"") + "\r\n" + row("C"), ["2:A\r\nB|R", "4:C|R"]),
            (row("\"A\n\n\nB\"") + "\n\n" + row("C"), ["2:A\n\n\nB|R", "7:C|R"]), (row("\" \"\" \""), ["2:\"|R"]),
            (row("A;B'C\\"), ["2:A;B'C\\|R"]), (row("A\rB"), ["2:A\rB|R"]),
            // Too few and too many fields; a comma more is a field more.
            ("A", ["2 bad-csv"]), (row("A") + ",", ["2 bad-csv"]), (row("A,B"), ["2 bad-csv"]),
            (",,,,,,", ["2 missing-key"]), (",,,,,", ["2 bad-csv"]), ("\"\"", ["2 bad-csv"]),
            // Text behind a closing quote, a quote in an unquoted field: the next record begins on the next line.
            (row("\"A\"x") + "\n" + row("B"), ["3:B|R", "2 bad-csv"]),
            (row("\"A\" ") + "\n" + row("B"), ["3:B|R", "2 bad-csv"]),
            (row(" \"A\"") + "\n" + row("B"), ["3:B|R", "2 bad-csv"]),
            (row("A\"") + "\n" + row("B"), ["3:B|R", "2 bad-csv"]),
            (row("A\"B\"C") + "\n" + row("D"), ["3:D|R", "2 bad-csv"]),
            (row("\"A\"\"") + "\n" + row("B"), ["2 bad-csv"]),
            (row("\"A\"\"B\"C\"\"") + "\n" + row("D"), ["3:D|R", "2 bad-csv"]),
            (row("\"A\"x", "\"B\nC\"") + "\n" + row("D"), ["4:D|R", "2 bad-csv"]),
            (row("A") + "\n" + row("B").dropLast(8) + "\"20250901\"\r\n" + row("C"), ["2:A|R", "3:B|R", "4:C|R"]),
            (row("A").dropLast(8) + "\"20250901\"\r", ["2:A|R"]),
            (row("A").dropLast(8) + "\"20250901\"\r\r\n" + row("B"), ["3:B|R", "2 bad-csv"]),
            // A quote that is never closed takes the rest.
            (row("A") + "\n" + row("\"B") + "\n" + row("C") + "\n\n" + row("D"), ["2:A|R", "3 bad-csv"]),
            (row("A") + "\n\"", ["2:A|R", "3 bad-csv"]), (row("A") + "\n\"\n", ["2:A|R", "3 bad-csv"]),
            (row("A", "\"") + "\n" + row("C"), ["2 bad-csv"]),
            ("\"\"\"", ["2 bad-csv"]),
            // White-space-only lines are blank, a field of white space is not.
            ("\n \n\t\n\r\n\u{B}\u{C} \r\n" + row("A"), ["7:A|R"]), (row("A") + "\n ", ["2:A|R"]),
            ("\" \"\n" + row("A"), ["3:A|R", "2 bad-csv"]), ("\u{A0}\n" + row("A"), ["3:A|R", "2 bad-csv"]), ("", []),
        ] as [(String, [String])])
    func records(_ rows: String, _ expected: [String]) async throws {
        #expect(try await Self.read(rows) == expected, "\(rows.debugDescription)")
    }

    @Test func countsOfLines() async throws {
        let rows = [
            "", " ", Self.row("A"), Self.row("\"B\nB\""), Self.row("A"), "x",
            Self.row("A").replacing(",1,", with: ",2,"), "\t", Self.row("C"),
        ]
        let ingest = try await readOrders("\n\n" + Self.header + "\n" + rows.joined(separator: "\n") + "\n", "o.csv")
        let controls = ingest.controls
        #expect(controls.lines == 11)
        #expect(controls.blank == 5)
        #expect(controls.accepted == 3)
        #expect(controls.duplicate == 1)
        #expect(controls.rejected == 2)
        #expect(
            Refusal.list(ingest.rejects) == [
                Refusal(line: 10, code: "bad-csv"), Refusal(line: 11, code: "conflicting-order"),
            ])
    }

    private static let webhookHeader =
        "orderNo,refundStatus,currency,originalTotalAmount,airlinePenaltyAmount,finalRefundAmount,transactionFee"

    private static func isUnusable(_ read: () async throws -> Void) async throws -> Bool {
        do {
            try await read()
            return false
        } catch let error as InputError {
            if case .unusable = error { return true }
            throw error
        }
    }

    private static func dropping(_ column: String, _ header: String) -> String {
        header.split(separator: ",").filter { $0 != column }.joined(separator: ",")
    }

    @Test(
        "a header without a needed column, with a name twice, of no CSV or none at all",
        arguments: [
            dropping("orderNo", header), dropping("currency", header), dropping("originalTotalFareAmount", header),
            dropping("requestedAt", header), dropping("orderNo", header) + ",carrier",
            dropping("orderNo", header) + ",airlinePNR",
            header + ",currency", header + ",\" currency\"", header + ",x,x", header + ",\"x\"y", "x\"," + header,
            "\"" + header, "", "\n\n", "\u{FEFF}", header.uppercased(), header.replacing(",", with: ";"),
            header.replacing("currency", with: "Currency"), "A,B,C", row("A"), "{}",
        ])
    func unusableOrders(_ text: String) async throws {
        for rest in ["", "\n", "\r\n" + Self.row("A") + "\r\n"] where !text.isEmpty || rest.count < 2 {
            #expect(
                try await Self.isUnusable { _ = try await readOrders(text + rest, "o.csv") }, "\(text.debugDescription)"
            )
        }
    }

    @Test(
        "the seven columns that a webhook log needs",
        arguments: webhookHeader.split(separator: ",").map { dropping(String($0), webhookHeader) } + [
            webhookHeader + ",cid,cid", "", "cid",
        ])
    func unusableWebhooks(_ text: String) async throws {
        #expect(try await Self.isUnusable { _ = try await readWebhooks(text + "\nA", "w.csv") })
        #expect(try await !Self.isUnusable { _ = try await readWebhooks(Self.webhookHeader + "\nA", "w.csv") })
    }

    @Test func aHeaderThatIsNoUTF8() async throws {
        let bytes = Array(Self.header.utf8) + [0x2C, 0xFF, 0x0A] + Array(Self.row("A").utf8)
        #expect(try await Self.isUnusable { _ = try await readOrders(bytes, "o.csv") })
    }

    @Test("a key is an order number, or PNR and carrier") func keyColumns() async throws {
        let text = Self.dropping("orderNo", Self.header) + ",carrier,airlinePNR\nR,USD,1,0,0,20250901,U2,P"
        #expect(try await readOrders(text, "o.csv").cases.first?.airlinePNR == "P")
    }

    @Test func unknownColumnsAreIgnoredAndNoted() async throws {
        let text =
            Self.header + ",note,,\"Note, too\",\n" + Self.row("A") + ",=1,\"\n\",\"\"\"\",x\n" + Self.row("B") + ",,,,"
        let ingest = try await readOrders(text, "o.csv")
        #expect(ingest.cases.map(\.source.line) == [2, 4])
        #expect(ingest.rejects.isEmpty)
        #expect(ingest.notes.count == 1)
        #expect(ingest.notes.first?.contains("note") == true)
        #expect(ingest.notes.first?.contains("Note, too") == true)
        #expect(try await readOrders(Self.header, "o.csv").notes.isEmpty)
        #expect(try await readWebhooks(Self.webhookHeader + ",x", "w.csv").notes.count == 1)
    }
}
