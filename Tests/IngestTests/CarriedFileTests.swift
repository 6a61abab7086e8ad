import Files
import Ingest
import Memory
import Refunds
import TestSupport
import Testing

/// What a report had from the nights before is read from its files as it was.
@Suite struct CarriedFileTests {
    private func input(_ lines: [[UInt8]]) throws -> (InputFolder, InputFile) {
        let folder = try InputFolder()
        return (folder, try InputFile(path: try folder.write("lines.jsonl", lines.flatMap { $0 + [0x0A] })))
    }

    private func readBack(_ records: [RememberedRecord]) async throws -> [RememberedRecord] {
        let (folder, input) = try input(records.map { $0.line })
        defer { withExtendedLifetime(folder) {} }
        return try await CarriedFile.records(input, threads: 2)
    }

    private let first = FirstPlace(
        asOf: CalendarDate(daysSinceEpoch: 20_000), place: SourceLine(file: 2, line: 17), fileName: "orders.csv")

    // MARK: Every value

    @Test func everyRecordComesBackAsItWas() async throws {
        var random = Seeded()
        for _ in 0..<300 * Seeded.soak {
            let records = (1...5).map { _ in
                RememberedRecord(
                    record: random.order(line: 0), first: random.firstPlace(), cameAgain: random.once(in: 3))
            }
            #expect(try await readBack(records) == records, "seed \(random.seed)")
        }
    }

    @Test func everyWebhookComesBackAsItWas() async throws {
        var random = Seeded()
        for _ in 0..<300 * Seeded.soak {
            let webhooks = (1...5).map { _ in
                RememberedWebhook(
                    webhook: random.webhook(file: 0, line: 0), first: random.firstPlace())
            }
            let (folder, input) = try input(webhooks.map { $0.line })
            defer { withExtendedLifetime(folder) {} }
            #expect(try await CarriedFile.webhooks(input, threads: 2) == webhooks, "seed \(random.seed)")
        }
    }

    @Test func everyAnswerComesBackAsItWas() async throws {
        var random = Seeded()
        for _ in 0..<300 * Seeded.soak {
            let answers = (1...5).map { _ in random.answer() }
            let (folder, input) = try input(answers.map { $0.line })
            defer { withExtendedLifetime(folder) {} }
            #expect(try await CarriedFile.answers(input, threads: 2) == answers, "seed \(random.seed)")
        }
    }

    @Test(arguments: ["a", " a b.csv", "x:1", "day/ö.jsonl", ":", ""]) func fileNamesComeBack(name: String) async throws
    {
        var random = Seeded()
        var first = random.firstPlace()
        first.fileName = Text(name)
        let record = RememberedRecord(record: random.order(line: 0), first: first, cameAgain: false)
        #expect(try await readBack([record]) == [record])
    }

    @Test func theFilesOfAReportAreReadInTheOrderInWhichTheirRecordsCame() async throws {
        var random = Seeded()
        let files = CarriedFileNumbers(orders: 0, webhooks: 1, answers: 7)
        let made = CarriedRecords(
            records: (1...20).map { _ in
                RememberedRecord(record: random.order(line: 0), first: random.firstPlace(), cameAgain: false)
            },
            webhooks: (1...20).map { _ in
                RememberedWebhook(webhook: random.webhook(line: 0), first: random.firstPlace())
            }, answers: (1...20).map { _ in random.answer() }, files: files)
        let folder = try InputFolder()
        func write(_ name: String, _ lines: [[UInt8]]) throws { try folder.write(name, lines.flatMap { $0 + [0x0A] }) }
        try write(CarriedFileName.orders, made.records.map { $0.line })
        try write(CarriedFileName.webhooks, made.webhooks.map { $0.line })
        try write(CarriedFileName.answers, made.answers.map { $0.line })
        let read = try await CarriedRecords.read(folder: folder.path, files, threads: 2)
        #expect(read.records == made.records)
        #expect(read.webhooks == made.webhooks)
        #expect(read.answers == made.answers)
        let places = CarriedPlaces(read)
        #expect(places.figures == CarriedPlaces(made).figures)
        #expect(read.records[3].record.source == SourceLine(file: 0, line: 4))
        #expect(places.firstPlace(of: SourceLine(file: 1, line: 3)) == made.webhooks[2].first)
        #expect(places.answerReceivedFor(SourceLine(file: 7, line: 2)) == made.answers[1].receivedFor)
    }

    // MARK: Whatever ingest takes

    /// Rules of a CSV field, whose text is kept as it is.
    @Test(arguments: [
        #"[{"ruleType":1,"penaltyAmount":"5.00 USD"}]"#, "[]", "{}", "null", "12", "true", #""[]""#, #""abc""#,
        "no rules",
        "[\n1,\r\n2]", #"[{"a":1,"a":2}]"#, #"["\u0000"]"#, "[1", "\u{1}",
    ]) func rulesComeBack(rules: String) async throws {
        let record = Record.order.with([
            "refundRules": rules, "departureAt": "2025-10-01T10:00:00+02:00", "originalTotalTaxAmount": "7.00",
            "requestedAt": "2025-09-01T23:00:00.123456789-05:00",
        ])
        try await check(Array("\(record.csvHeader)\n\(record.csv)\n".utf8), "orders.csv")
    }

    /// Rules, departures and tickets of a JSON record.
    @Test(arguments: [
        ("refundRules", #"[{"ruleType":1}]"#), ("refundRules", #"" [1] ""#), ("refundRules", "7"),
        ("refundRules", #""\"abc\"""#), ("refundRules", "{}"), ("departureAt", #"" 2025-10-01T10:00:00Z ""#),
        ("departureAt", "20251001"), ("departureAt", "{}"), ("originalTotalTaxAmount", #""1""#),
    ]) func auditFieldsComeBack(field: String, json: String) async throws {
        let record = Record.order.json(raw: [field: json, "refundTickets": "[{\"lastName\":\"SECRET\"},{}]"])
        let line = try await check(Array(record.utf8), "orders.jsonl")
        #expect(!line.contains("SECRET"))
    }

    /// B 12: however deep rules are nested.
    @Test func deepRulesComeBack() async throws {
        let depth = 200_000
        let rules = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        try await check(Array(Record.order.json(raw: ["refundRules": rules]).utf8), "orders.jsonl")
    }

    /// F03: a line may be longer than the record that it was made of.
    @Test(arguments: ["\u{0}", "\"", "ö"]) func longRecordsComeBack(character: String) async throws {
        let long = String(repeating: character, count: 200_000)
        let csv = Record.order.with(["orderNo": "A" + long + "B", "refundOfferId": "O" + long + "O"])
        let line = try await check(Array("\(csv.csvHeader)\n\(csv.csv)\n".utf8), "orders.csv")
        #expect(character != "\u{0}" || line.utf8.count > 2 << 20)
    }

    /// F03: the first and the last day, however they are written.
    @Test(arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "9999-12-31"])
    func theFirstAndTheLastDayComeBack(date: String) async throws {
        for field in ["requestedAt", "expectedConfirmationDate", "expectedRefundDate"] {
            let csv = Record.order.with([field: date])
            try await check(Array("\(csv.csvHeader)\n\(csv.csv)\n".utf8), "orders.csv")
        }
    }

    /// Reads a file of one record, and that record again as it is carried; gives its line.
    @discardableResult
    private func check(_ bytes: [UInt8], _ name: String) async throws -> String {
        let folder = try InputFolder()
        let orders = try await OrdersIngest.read(
            [try InputFile(path: try folder.write(name, bytes))], firstFile: 0, threads: 1, forAudit: true)
        var record = try #require(orders.cases.first)
        record.source = SourceLine(file: 0, line: 0)
        let remembered = RememberedRecord(record: record, first: first, cameAgain: false)
        #expect(try await readBack([remembered]) == [remembered])
        return String(decoding: remembered.line, as: UTF8.self)
    }

    // MARK: Other lines

    @Test(arguments: [
        "x", "[]", "{}", #"{"orderNo":"O"}"#, #"{"orderNo":"O","orderNo":"P"}"#,
        #"{"orderNo":"O","currency":"USD","requestedAt":"2026-01-01","firstAsOf":"2026-01-01","firstFile":0}"#,
        #"{"orderNo":"O","currency":"USD","requestedAt":"2026-01-01","firstAsOf":"2026-01-01","firstSource":"a","firstFile":0}"#,
        #"{"orderNo":"O","currency":"USD","requestedAt":"2026-01-01","firstAsOf":"2026-01-01","firstSource":"a:1"}"#,
        #"{"body":{"orderNo":"O"},"firstAsOf":"2026-01-01","firstSource":"a:1","firstFile":0}"#,
        #"{"receivedFor":"2026-01-01","isVerifiedEnd":true}"#,
    ]) func aLineThatIsNotOursMakesItsFileUnusable(line: String) async throws {
        let (folder, _) = try input([Array(line.utf8)])
        func file() throws -> InputFile { try InputFile(path: "\(folder.path)/lines.jsonl") }
        await #expect(throws: InputError.self) { try await CarriedFile.records(try file(), threads: 1) }
        await #expect(throws: InputError.self) { try await CarriedFile.webhooks(try file(), threads: 1) }
        await #expect(throws: InputError.self) { try await CarriedFile.answers(try file(), threads: 1) }
    }
}

extension RememberedRecord {
    fileprivate var line: [UInt8] {
        var line: [UInt8] = []
        appendLine(to: &line)
        return line
    }
}

extension RememberedWebhook {
    fileprivate var line: [UInt8] {
        var line: [UInt8] = []
        appendLine(to: &line)
        return line
    }
}

extension RememberedAnswer {
    fileprivate var line: [UInt8] {
        var line: [UInt8] = []
        appendLine(to: &line)
        return line
    }
}
