import Files
import Ingest
import Memory
import Refunds
import TestSupport
import Testing

/// What holds of every input: the controls balance, every line is accounted for, and the number of threads is of no account.
@Suite struct IngestPropertyTests {
    /// What a line is, as the one who made it knows.
    private enum Kind: CaseIterable { case fine, blank, duplicate, conflict, noJSON, noField, quotation }

    @Test func controlTotalsOfMixtures() async throws {
        var random = Seeded()
        for _ in 0..<60 * Seeded.soak {
            var expected = Controls.Orders()
            var refused: [Int32] = []
            var written: [Record] = []
            var lines: [String] = []
            for number in 1...(1 + random.below(80)) {
                expected.lines += 1
                var kind = random.pick(Kind.allCases)
                if written.isEmpty, kind == .duplicate || kind == .conflict { kind = .fine }
                switch kind {
                case .fine:
                    written.append(
                        Record.order.with(["orderNo": "A\(number)", "refundCode": random.once(in: 3) ? "" : "R"]))
                    lines.append(written.last?.json ?? "")
                    expected.accepted += 1
                case .blank:
                    lines.append(String(repeating: random.pick([" ", "\t", "\r"]), count: random.below(4)))
                    expected.blank += 1
                case .duplicate:
                    lines.append(random.pick(written).json)
                    expected.duplicate += 1
                case .quotation:
                    lines.append(CapturedCallTests.call(CapturedCallTests.flat, operation: #""refundQuotation""#))
                    expected.quotedOnly += 1
                case .conflict, .noJSON, .noField:
                    lines.append(
                        kind == .conflict
                            ? random.pick(written).with(["transactionFee": "99"]).json
                            : kind == .noJSON ? "{\"orderNo\":" : Record.order.with(["currency": ""]).json)
                    expected.rejected += 1
                    refused.append(Int32(number))
                }
            }
            let ending = random.pick(["\n", "\r\n"])
            var text = lines.joined(separator: ending)
            // A last line without a newline is a line only if it has something in it.
            if lines.last?.isEmpty == true || random.once(in: 2) { text += ending }
            let ingest = try await readOrders(text, "o.jsonl")
            #expect(ingest.controls == expected, "seed \(random.seed)")
            #expect(ingest.controls.balances, "seed \(random.seed)")
            #expect(ingest.rejects.map(\.source.line) == refused, "seed \(random.seed)")
            #expect(ingest.cases.count == expected.accepted)
        }
    }

    /// Records long enough that a file of few of them is read in several parts.
    @Test("one thread and four give the same") func threads() async throws {
        let pad = "\"" + String(repeating: "x", count: 300_000) + "\""
        let orders = (0..<50).map { number in
            switch number % 10 {
            case 7: "\n\n"
            case 8: "{\"orderNo\":\(pad)"
            case 9:
                Record.order.with(["orderNo": "A\(number - 5)", "transactionFee": number % 20 == 9 ? "2" : "3"]).json(
                    raw: ["pad": pad])
            default: Record.order.with(["orderNo": "A\(number)"]).json(raw: ["pad": pad])
            }
        }.joined(separator: "\r\n")
        let single = try await readOrders(Array(orders.utf8), "o.jsonl", threads: 1)
        let several = try await readOrders(Array(orders.utf8), "o.jsonl", threads: 4)
        #expect(single.cases == several.cases)
        #expect(single.rejects == several.rejects)
        #expect(single.controls == several.controls)
        let text = Array(orders.utf8)
        // The line of each case, counted by hand.
        var lines: [Int32: String] = [:]
        for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            lines[Int32(index + 1)] = String(decoding: line.prefix(40), as: UTF8.self)
        }
        try #require(!single.cases.isEmpty)
        for refundCase in single.cases {
            #expect(lines[refundCase.source.line]?.contains("\"\(refundCase.orderNo?.string ?? "?")\"") == true)
        }
        #expect(single.controls.duplicate == 3)
        #expect(single.controls.rejected == 7)
        #expect(single.controls.blank == 15)
        let webhooks = (0..<50).map { number in
            number % 5 == 4 ? "\n7" : Record.webhook.with(["orderNo": "A\(number)"]).json(raw: ["pad": pad])
        }.joined(separator: "\n")
        let one = try await readWebhooks(Array(webhooks.utf8), "w.jsonl", threads: 1)
        let four = try await readWebhooks(Array(webhooks.utf8), "w.jsonl", threads: 4)
        #expect(one.webhooks == four.webhooks)
        #expect(one.rejects == four.rejects)
        #expect(one.controls == four.controls)
        let numbers: [Int] = (0..<50).filter { $0 % 5 != 4 }
        #expect(one.webhooks.map(\.orderNo.string) == numbers.map { "A\($0)" })
        let refused: [Int32] = Array(stride(from: 6, through: 60, by: 6))
        #expect(one.rejects.map(\.source.line) == refused)
    }
}

/// Records changed by chance: nothing crashes, and every line is accounted for.
@Suite struct IngestFuzzTests {
    private static let records = [
        Record.order.json, Record.order.json(raw: ["transactionFee": "2.00", "refundReason": "1"]),
        CapturedCallTests.call(CapturedCallTests.flat),
        CapturedCallTests.call(
            CapturedCallTests.nested(
                #""refundFareAmount":{"currency":"USD","originalFareAmount":1e2,"estimatedRefundAmount":95},"serviceFee":{"currency":"USD","transactionFee":2}"#
            )),
    ].map { Array($0.utf8) }
    private static let webhooks = [
        Record.webhook.json, #"{"cid":"C","type":"order.refundComplete","data":\#(Record.webhook.json)}"#,
        #"{"receivedAt":"2025-09-30T10:00:00Z","body":\#(Record.webhook.json)}"#,
        #"{"receivedAt":"2025-09-30T10:00:00Z","body":"{\"orderNo\":\"A\",\"refundStatus\":2}"}"#,
    ].map { Array($0.utf8) }
    private static let rows = [
        Record.order.csv, Record.order.with(["orderNo": "B\n\"B\"", "originalTotalAmount": ""]).csv,
    ].map { Array($0.utf8) }

    private static func mutated(_ record: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = record
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8(random.below(256))
            case 2: bytes.insert(random.pick(Array("\"\\{}[],:\n\r\t 0123456789eE.-x".utf8)), at: place)
            case 3: bytes[place] = random.pick(Array("\"\\{}[],:\n\r\t 0123456789eE.-x".utf8))
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + random.below(20)))
            default:
                bytes.insert(
                    contentsOf: bytes[place..<min(bytes.count, place + random.below(20))], at: random.below(bytes.count)
                )
            }
        }
        return bytes
    }

    /// The lines of a text: newlines, and what stands behind the last.
    private static func lineCount(_ text: [UInt8]) -> Int {
        text.count { $0 == 0x0A } + (text.isEmpty || text.last == 0x0A ? 0 : 1)
    }

    private static func text(_ records: [[UInt8]], _ count: Int, _ random: inout Seeded) -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<count {
            text += mutated(random.pick(records), &random)
            text.append(0x0A)
        }
        return text
    }

    private static let batch = 2000

    @Test func mutatedJSONOrders() async throws {
        var random = Seeded()
        var accepted = 0
        for _ in 0..<25 * Seeded.soak {
            let text = Self.text(Self.records, Self.batch, &random)
            let ingest = try await readOrders(text, "o.jsonl")
            #expect(ingest.controls.balances, "seed \(random.seed)")
            #expect(ingest.controls.lines == Self.lineCount(text), "seed \(random.seed)")
            #expect(ingest.controls.accepted == ingest.cases.count)
            #expect(ingest.controls.rejected == ingest.rejects.count)
            accepted += ingest.cases.count + ingest.controls.duplicate
            for refundCase in ingest.cases {
                // Whatever is accepted can be reckoned with.
                _ = (refundCase.expected, refundCase.isQuoteInconsistent)
            }
        }
        #expect(accepted > 100, "the mutations reach both sides, seed \(random.seed)")
    }

    @Test func mutatedWebhooks() async throws {
        var random = Seeded()
        var accepted = 0
        for _ in 0..<15 * Seeded.soak {
            let text = Self.text(Self.webhooks, Self.batch, &random)
            let ingest = try await readWebhooks(text, "w.jsonl")
            let controls = ingest.controls
            #expect(controls.lines == Self.lineCount(text), "seed \(random.seed)")
            #expect(
                controls.lines == controls.blank + controls.otherType + controls.rejected + ingest.webhooks.count,
                "seed \(random.seed)")
            #expect(controls.rejected == ingest.rejects.count)
            accepted += ingest.webhooks.count
        }
        #expect(accepted > 100, "the mutations reach both sides, seed \(random.seed)")
    }

    /// A quote that is never closed takes the rest of a file, so the files are short.
    @Test func mutatedCSV() async throws {
        var random = Seeded()
        let header = Array((Record.order.csvHeader + "\n").utf8)
        let folder = try InputFolder()
        var accepted = 0
        for round in 0..<600 * Seeded.soak {
            let text = header + Self.text(Self.rows, 40, &random)
            let input = try InputFile(path: try folder.write("o.csv", text))
            let ingest = try await OrdersIngest.read([input], firstFile: 0, threads: 1)
            #expect(
                ingest.controls.balances,
                "round \(round), seed \(random.seed)")
            #expect(
                ingest.controls.rejected == ingest.rejects.count,
                "round \(round), seed \(random.seed)")
            #expect(
                ingest.controls.accepted == ingest.cases.count,
                "round \(round), seed \(random.seed)")
            #expect(
                ingest.controls.lines <= Self.lineCount(text) - 1,
                "round \(round), seed \(random.seed)")
            accepted += ingest.cases.count
            let sources = ingest.cases.map(\.source.line) + ingest.rejects.map(\.source.line)
            #expect(
                Set(sources).count == sources.count,
                "round \(round), seed \(random.seed)")
            #expect(
                sources.allSatisfy { $0 >= 2 && Int($0) <= Self.lineCount(text) },
                "round \(round), seed \(random.seed)")
        }
        #expect(accepted > 100, "the mutations reach both sides, seed \(random.seed)")
    }
}
