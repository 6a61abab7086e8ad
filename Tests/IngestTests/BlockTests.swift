import CSV
import Files
import Glibc
import Ingest
import Memory
import Refunds
import TestSupport
import Testing

/// Inputs are read block by block: what comes out must not depend on where a block ends, nor on how many tasks read.
@Suite struct BlockTests {
    /// Everything that was read of a file of orders, as text.
    private static func read(_ path: String, blockBytes: Int, threads: Int) async throws -> [String] {
        let file = try InputFile(path: path, blockBytes: blockBytes)
        let ingest = try await OrdersIngest.read([file], firstFile: 0, threads: threads)
        return ["\(ingest.controls)", "\(try #require(file.content))"]
            + ingest.cases.map { "\($0.source.line) \($0.orderNo?.string ?? "") \($0.droppedDuplicates)" }
            + ingest.rejects.map {
                "\($0.source.line) \($0.code) \($0.message) \(String(decoding: $0.raw, as: UTF8.self))"
            }
    }

    private static let header =
        "orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt\n"
    private static let pieces = [
        "A,R,USD,1,0,0,20250901\n", "B,R,USD,1,0,0,20250901\r\n", "\"C\nD\",R,USD,1,0,0,20250901\n", "\n", " \t\n",
        "\"E\"\"\n\"\"\",R,USD,1,0,0,20250901\n", "x,y\n", "\"q\"z,R\n", ",,,,,,\n", "A,R,USD,2,0,0,20250901\n",
    ]

    @Test func csvIsTheSameWhereverBlocksEnd() async throws {
        var random = Seeded()
        let folder = try InputFolder()
        for round in 0..<60 * Seeded.soak {
            var text = Self.header + (0..<random.below(40)).map { _ in random.pick(Self.pieces) }.joined()
            if random.below(4) == 0 { text += "\"never closed,\nF,R,USD,1,0,0,20250901\n" }
            if random.below(4) == 0 { text.removeLast() }
            let path = try folder.write("o.csv", text)
            let whole = try await Self.read(path, blockBytes: 1 << 20, threads: 1)
            for blockBytes in [16, 17, 23, 64, 200] {
                for threads in [1, 3] {
                    #expect(
                        try await Self.read(path, blockBytes: blockBytes, threads: threads) == whole,
                        "round \(round), blocks of \(blockBytes), seed \(random.seed)")
                }
            }
        }
    }

    @Test func jsonLinesAreTheSameWhereverBlocksEnd() async throws {
        var random = Seeded()
        let folder = try InputFolder()
        let lines = [Record.order.json + "\n", Record.order.json + "\r\n", "\n", " \n", "x\n", "{\"a\":1}\r\n", "\r\n"]
        for round in 0..<60 * Seeded.soak {
            var text = (0..<random.below(30)).map { _ in random.pick(lines) }.joined()
            if random.below(4) == 0, !text.isEmpty { text.removeLast() }
            let path = try folder.write("o.jsonl", text)
            let whole = try await Self.read(path, blockBytes: 1 << 20, threads: 1)
            for blockBytes in [16, 19, 64, 333] {
                for threads in [1, 3] {
                    #expect(
                        try await Self.read(path, blockBytes: blockBytes, threads: threads) == whole,
                        "round \(round), blocks of \(blockBytes), seed \(random.seed)")
                }
            }
        }
    }

    @Test("the end of a record is found as the reader finds it") func recordEnd() {
        var random = Seeded()
        for _ in 0..<5000 * Seeded.soak {
            let text = (0..<random.below(24)).map { _ in random.pick(Array("a,,\"\"\"\n\r ".utf8)) }
            var rows = CSVRows(text.span)
            let (end, isTerminated) = if let row = rows.next() { (row.end, row.isTerminated) } else { (0, false) }
            let cut = random.below(text.count + 1)
            var finder = CSVRecordEnd()
            var found: Int?
            for (part, start) in [(text[..<cut], 0), (text[cut...], cut)] where found == nil {
                found = finder.end(in: Array(part).span).map { $0 + start }
            }
            #expect(found == (isTerminated ? end : nil), "\(text) cut at \(cut), seed \(random.seed)")
        }
    }

    // MARK: Records that are too long

    private static func long(_ name: String, _ text: [UInt8]) async throws -> [String] {
        let folder = try InputFolder()
        let file = try InputFile(path: try folder.write(name, text))
        let ingest = try await OrdersIngest.read([file], firstFile: 0, threads: 2)
        #expect(ingest.controls.balances)
        return ingest.cases.map { "\($0.source.line) \($0.orderNo?.string ?? "")" }
            + ingest.rejects.map { "\($0.source.line) \($0.code.rawValue) \($0.message)" }
    }

    private static let mebibyte = 1 << 20

    @Test("a record over the limit is one reject, and the next ones are read")
    func overlong() async throws {
        let rows = "A,R,USD,1,0,0,20250901\n"
        for filler in [",", "x", "\"\"", "\n"] {
            let many = String(repeating: filler, count: 3 * Self.mebibyte / filler.utf8.count)
            let text = Self.header + rows + "\"" + many + "\"\r\n" + "B,R,USD,1,0,0,20250901\n"
            let line = filler == "\n" ? 4 + 3 * Self.mebibyte : 4
            let found = try await Self.long("o.csv", Array(text.utf8))
            #expect(
                found == [
                    "2 A", "\(line) B",
                    "3 line-too-long the record has \(3 * Self.mebibyte + 2) bytes: at most 1048576 are allowed",
                ])
        }
        let commas = Self.header + String(repeating: ",", count: 5_000_000) + "\n" + rows
        #expect(
            try await Self.long("o.csv", Array(commas.utf8)) == [
                "3 A", "2 line-too-long the record has 5000000 bytes: at most 1048576 are allowed",
            ])
    }

    @Test func linesOverTheLimit() async throws {
        for (end, count) in [("\n", 3), ("\r\n", 3), ("", 2)] {
            let long = String(repeating: "x", count: 3_000_000)
            let text = Record.order.json + "\n" + long + end + (end.isEmpty ? "" : "x\n")
            let found = try await Self.long("o.jsonl", Array(text.utf8))
            #expect(found.count == count)
            #expect(found[1] == "2 line-too-long the record has 3000000 bytes: at most 1048576 are allowed")
        }
    }

    @Test("white space is a blank line, however long it is", arguments: ["o.csv", "o.jsonl"])
    func longBlankLine(name: String) async throws {
        let folder = try InputFolder()
        let row = name == "o.csv" ? "A,R,USD,1,0,0,20250901\n" : Record.order.json + "\n"
        let blank = String(repeating: " ", count: 3_000_000) + "\r\n"
        let text = (name == "o.csv" ? Self.header : "") + row + blank + row
        let file = try InputFile(path: try folder.write(name, text))
        let ingest = try await OrdersIngest.read([file], firstFile: 0, threads: 2)
        #expect(ingest.controls.blank == 1)
        #expect(ingest.controls.duplicate == 1)
        #expect(ingest.rejects.isEmpty)
    }

    @Test func aQuoteThatIsNeverClosedTakesTheRest() async throws {
        let row = "A,R,USD,1,0,0,20250901\n"
        let text = Self.header + row + "\"" + String(repeating: row, count: 60_000)
        let found = try await Self.long("o.csv", Array(text.utf8))
        #expect(found.count == 2)
        #expect(found.last?.hasPrefix("3 line-too-long ") == true)
    }

    // MARK: Files that change while they are read

    /// Reads a file of so many orders in small blocks and does something to it before one of them.
    private static func whileReading(
        _ act: @escaping @Sendable (_ path: String) -> Void, before moment: Int
    ) async throws -> (ingest: OrdersIngest, file: InputFile) {
        let folder = try InputFolder()
        let path = try folder.write("o.csv", header + (1...100).map { "A\($0),R,USD,1,0,0,20250901\n" }.joined())
        let file = try InputFile(path: path, blockBytes: 100) { if $0 == moment { act(path) } }
        return (try await OrdersIngest.read([file], firstFile: 0, threads: 2), file)
    }

    private static func write(_ path: String, at offset: Int, _ text: String) {
        let descriptor = open(path, O_WRONLY)
        _ = Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        // However coarse the clock of the files is.
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        futimens(descriptor, &times)
        close(descriptor)
    }

    private static func length(_ path: String) -> Int {
        var status = stat()
        stat(path, &status)
        return Int(status.st_size)
    }

    private static let moments = Array(0..<20)

    @Test("a file that becomes shorter is unusable", arguments: moments)
    func truncated(moment: Int) async throws {
        for left in [0, 150, 1500, 2500] {
            let error = await #expect(throws: InputError.self) {
                try await Self.whileReading({ truncate($0, off_t(left)) }, before: moment)
            }
            guard case .unusable(_, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains("became shorter"))
        }
    }

    @Test("a file that is written into is unusable", arguments: moments)
    func writtenInto(moment: Int) async throws {
        for offset in [130, 1200, 2400] {
            let error = await #expect(throws: InputError.self) {
                try await Self.whileReading({ Self.write($0, at: offset, "Z") }, before: moment)
            }
            guard case .unusable(_, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains("written into"))
        }
    }

    @Test("a file that is replaced or removed is read as it was opened", arguments: moments)
    func replaced(moment: Int) async throws {
        let acts: [@Sendable (String) -> Void] = [
            { unlink($0) },
            { path in
                rename(path, path + ".1")
                close(open(path, O_CREAT | O_WRONLY, 0o644))
                unlink(path + ".1")
            },
        ]
        for act in acts {
            let (ingest, file) = try await Self.whileReading(act, before: moment)
            #expect(ingest.controls.accepted == 100)
            #expect(file.content?.byteCount == file.content?.textByteCount)
        }
    }

    @Test("a log that grows is read up to where it was, without the line that is unfinished", arguments: moments)
    func grown(moment: Int) async throws {
        let whole = try await Self.whileReading({ _ in }, before: -1)
        let content = try #require(whole.file.content)
        // Whole lines are added: all that was there is read.
        let (more, file) = try await Self.whileReading(
            { Self.write($0, at: Self.length($0), "B,R,USD,1,0,0,20250901\n") }, before: moment)
        #expect(more.controls == whole.ingest.controls)
        #expect(file.content == content)
        // The last line was being written when the file was opened.
        let folder = try InputFolder()
        let text = Self.header + (1...100).map { "A\($0),R,USD,1,0,0,20250901\n" }.joined()
        let path = try folder.write("o.csv", text + "B,R,USD,1")
        let growing = try InputFile(path: path, blockBytes: 100) {
            if $0 == moment { Self.write(path, at: Self.length(path), "00,0,0,20250901\n") }
        }
        let ingest = try await OrdersIngest.read([growing], firstFile: 0, threads: 2)
        #expect(ingest.controls == whole.ingest.controls)
        #expect(growing.content?.unfinishedByteCount == 9)
        #expect(growing.content?.sha256 == content.sha256)
        #expect(growing.content?.byteCount == text.utf8.count)
    }

    @Test func anUnfinishedLineLongerThanABlockIsLeftToo() async throws {
        let folder = try InputFolder()
        for (blocks, lead) in [(16, "x\n"), (64, "x\n"), (16, ""), (1 << 20, "")] {
            let path = try folder.write("o.jsonl", lead + String(repeating: "y", count: 1000))
            let file = try InputFile(path: path, blockBytes: blocks) {
                if $0 == 0 { Self.write(path, at: Self.length(path), "z\n") }
            }
            let ingest = try await OrdersIngest.read([file], firstFile: 0, threads: 1)
            #expect(ingest.controls.lines == (lead.isEmpty ? 0 : 1))
            #expect(file.content?.byteCount == lead.utf8.count)
            #expect(file.content?.unfinishedByteCount == 1000)
        }
    }

    @Test func whatIsHashedIsWhatIsParsed() async throws {
        let folder = try InputFolder()
        // SHA-256 of nothing and of "abc" (FIPS 180-2).
        for (text, digest) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            let file = try InputFile(path: try folder.write("o.jsonl", text))
            _ = try await OrdersIngest.read([file], firstFile: 0, threads: 1)
            #expect(file.content?.sha256 == digest)
        }
    }

    // MARK: Reading again

    /// The text of a file, from its first byte to its last.
    private static func text(_ file: InputFile) async throws -> String {
        let source = BlockSource(file)
        var text = ""
        while let block = try await source.next() { text += String(decoding: [UInt8](block.bytes), as: UTF8.self) }
        return text
    }

    @Test("the text is the same at the second reading", arguments: [16, 40, 1 << 20])
    func again(blockBytes: Int) async throws {
        let folder = try InputFolder()
        let long = String(repeating: "long ", count: 50)
        for text in ["", "a", "a\n", "a\r\n\nb", "\n\n", long + "\nx\n" + long] {
            let path = try folder.write("j.jsonl", text)
            let file = try InputFile(path: path, blockBytes: blockBytes)
            #expect(try await Self.text(file) == text)
            // What was added since is not looked at.
            Self.write(path, at: text.utf8.count, "\nmore")
            #expect(try await Self.text(file) == text)
        }
    }

    @Test func aFileThatChangedBeforeTheSecondReadingIsUnusable() async throws {
        let folder = try InputFolder()
        let path = try folder.write("j.jsonl", "aaaa\n")
        let file = try InputFile(path: path)
        _ = try await OrdersIngest.read([file], firstFile: 0, threads: 1)
        Self.write(path, at: 1, "b")
        await #expect(throws: InputError.self) { try await Self.text(file) }
        truncate(path, 1)
        await #expect(throws: InputError.self) { try await Self.text(file) }
    }
}
