import Files
import Ingest
import Memory
import Refunds
import TestSupport
import Testing

/// FORMATS.md, "Files" and "Files that change": which files are read, and how.
@Suite struct FileTests {
    private enum Failure: Equatable { case cannotOpen, unusable, givenTwice, cannotSpool }

    private static func failure<Result>(_ body: () async throws -> Result) async throws -> Failure? {
        do {
            _ = try await body()
            return nil
        } catch let error as InputError {
            switch error {
            case .cannotOpen: return .cannotOpen
            case .unusable: return .unusable
            case .givenTwice: return .givenTwice
            case .cannotSpool: return .cannotSpool
            }
        }
    }

    /// gzip data of one member, stored without compression in blocks of at most `block` bytes (RFC 1951, 1952).
    private static func gzipped(_ text: String, block: Int = 65_535) -> [UInt8] {
        let bytes = Array(text.utf8)
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var data: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var start = 0
        repeat {
            let end = min(start + block, bytes.count)
            data +=
                [end == bytes.count ? 1 : 0] + little(end - start, 2) + little(~(end - start), 2) + bytes[start..<end]
            start = end
        } while start < bytes.count
        var check: UInt32 = ~0
        for byte in bytes {
            check ^= UInt32(byte)
            for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0xEDB8_8320 : check >> 1 }
        }
        return data + little(Int(~check), 4) + little(bytes.count, 4)
    }

    private static func text(_ bytes: [UInt8], _ name: String) throws -> String {
        let folder = try InputFolder()
        let input = try InputBytes(path: try folder.write(name, bytes))
        #expect(input.name == name)
        #expect(input.content.byteCount == bytes.count)
        return String(decoding: input.textBytes, as: UTF8.self)
    }

    @Test("read through gzip where the name says so, and only there") func gzip() throws {
        let long = String(repeating: "0123456789abcdef\n", count: 40_000)
        for text in ["", "a", "line\nline\n", long] {
            #expect(try Self.text(Self.gzipped(text), "x.jsonl.gz") == text)
            #expect(try Self.text(Self.gzipped(text, block: 7 + text.utf8.count / 50), "x.csv.gz") == text)
            #expect(
                try Self.text(Self.gzipped("1,") + Self.gzipped("") + Self.gzipped(text), "x.csv.gz") == "1," + text)
            #expect(try Self.text(Array(text.utf8), "x.csv") == text)
        }
        #expect(try Self.text(Self.gzipped("\u{FEFF}a"), "x.csv.gz") == "a")
        #expect(try Self.text(Self.gzipped("a"), "x.csv").hasPrefix("\u{1F}"))
    }

    @Test("zeros may follow gzip data, as on tapes", arguments: [1, 7, 512, 1_000_000])
    func paddedGzip(count: Int) throws {
        let padding = [UInt8](repeating: 0, count: count)
        #expect(try Self.text(Self.gzipped("line\n") + padding, "x.csv.gz") == "line\n")
        #expect(try Self.text(Self.gzipped("a") + Self.gzipped("b") + padding, "x.csv.GZ") == "ab")
    }

    @Test func damagedGzipIsUnusable() async throws {
        let whole = Self.gzipped("line\nline\n")
        for end in whole.indices {
            #expect(
                try await Self.failure { try Self.text(Array(whole[..<end]), "x.csv.gz") } == .unusable, "cut at \(end)"
            )
        }
        for end in whole.indices.dropFirst() {
            #expect(
                try await Self.failure { try Self.text(whole + Array(whole[..<end]), "x.csv.gz") } == .unusable,
                "second cut at \(end)")
        }
        for damaged in [
            whole + [0x41], whole + Array("garbage".utf8), Array("orderNo\n".utf8), [UInt8](repeating: 0, count: 100),
            whole + [0, 0x41], whole + [0] + whole, whole + [0x0A],
        ] {
            #expect(try await Self.failure { try Self.text(damaged, "x.csv.gz") } == .unusable)
        }
        for place in [0, 1, 2, 12, 16, 20, whole.count - 8, whole.count - 1] {
            var damaged = whole
            damaged[place] ^= 0x55
            #expect(try await Self.failure { try Self.text(damaged, "x.csv.gz") } == .unusable, "byte \(place)")
        }
    }

    @Test(
        "a byte order mark is skipped once, at the start",
        arguments: [
            ("\u{FEFF}a", "a"), ("a", "a"), ("\u{FEFF}", ""), ("\u{FEFF}\u{FEFF}a", "\u{FEFF}a"),
            ("a\u{FEFF}", "a\u{FEFF}"), ("", ""),
        ])
    func byteOrderMark(_ text: String, _ expected: String) throws {
        #expect(Array(try Self.text(Array(text.utf8), "x.csv").utf8) == Array(expected.utf8))
    }

    @Test func partOfAByteOrderMarkIsText() throws {
        let folder = try InputFolder()
        let input = try InputBytes(path: try folder.write("x.csv", [0xEF, 0xBB, 0x41]))
        #expect(Array(input.textBytes) == [0xEF, 0xBB, 0x41])
    }

    @Test func whatIsMissingCannotBeOpened() async throws {
        let folder = try InputFolder()
        let empty = try InputFolder()
        try empty.write("notes.txt", "x")
        for path in [
            "\(folder.path)/none.csv", "\(folder.path)/none.txt", "\(folder.path)/none", folder.path, empty.path, "",
        ] {
            #expect(try await Self.failure { try InputList([path]) } == .cannotOpen, "\(path)")
        }
        #expect(try await Self.failure { try InputBytes(path: folder.path) } == .cannotOpen)
    }

    @Test(
        "another extension is unusable",
        arguments: [
            "o.txt", "o.json", "o.csv.zip", "o", "csv", "o.jsonl.bak", "o.jsonl.", "o.jsonl.1a", "o.jsonl-1",
            "o.jsonl-20251301", "o.jsonl-2025-9-30", "o.jsonl.1.1", "o.jsonl.gz.1", "o.jsonl20250930",
        ])
    func otherExtension(_ name: String) async throws {
        #expect(try await Self.failure { try await readOrders("", name) } == .unusable)
        #expect(try await Self.failure { try await readWebhooks("", name) } == .unusable)
    }

    @Test func anotherExtensionWithinGzipIsUnusable() async throws {
        for name in ["o.gz", "o.txt.gz"] {
            #expect(try await Self.failure { try await readOrders(Self.gzipped("{}"), name) } == .unusable)
        }
        #expect(try await readOrders(Self.gzipped(Record.order.json), "o.ndjson.gz").cases.count == 1)
        #expect(
            try await readOrders(
                Self.gzipped("\u{FEFF}" + Record.order.csvHeader + "\r\n" + Record.order.csv), "o.csv.gz"
            ).cases.count == 1)
    }

    @Test("JSON Lines may be empty") func emptyFiles() async throws {
        for text in ["", "\n", "\u{FEFF}", " \r\n\t"] {
            let orders = try await readOrders(text, "o.jsonl")
            #expect(orders.controls.lines == orders.controls.blank)
            #expect(orders.cases.isEmpty)
            #expect(orders.rejects.isEmpty)
            let webhooks = try await readWebhooks(text, "w.jsonl")
            #expect(webhooks.controls.lines == webhooks.controls.blank)
            #expect(webhooks.webhooks.isEmpty)
            #expect(webhooks.controls.lines == (text.contains("\t") ? 2 : text == "\n" ? 1 : 0))
        }
    }
}

@Suite struct UTF8Tests {
    @Test(
        "UTF-8",
        arguments: [
            ([0x41], true), ([0xC2, 0x80], true), ([0xDF, 0xBF], true), ([0xE0, 0xA0, 0x80], true),
            ([0xED, 0x9F, 0xBF], true), ([0xEE, 0x80, 0x80], true), ([0xEF, 0xBF, 0xBF], true),
            ([0xF0, 0x90, 0x80, 0x80], true), ([0xF4, 0x8F, 0xBF, 0xBF], true), ([], true), ([0], true),
            ([0x80], false), ([0xBF], false), ([0xC0, 0x80], false), ([0xC1, 0xBF], false), ([0xC2], false),
            ([0xC2, 0x41], false), ([0xC2, 0xC2], false), ([0xE0, 0x80, 0x80], false), ([0xE0, 0x9F, 0xBF], false),
            ([0xED, 0xA0, 0x80], false), ([0xED, 0xBF, 0xBF], false), ([0xE1, 0x80], false),
            ([0xE1, 0x80, 0x41], false),
            ([0xF0, 0x80, 0x80, 0x80], false), ([0xF0, 0x8F, 0xBF, 0xBF], false), ([0xF4, 0x90, 0x80, 0x80], false),
            ([0xF5, 0x80, 0x80, 0x80], false), ([0xF1, 0x80, 0x80], false), ([0xFE], false), ([0xFF], false),
        ] as [([UInt8], Bool)])
    func utf8(_ bytes: [UInt8], _ isValid: Bool) {
        for lead in 0..<70 {
            let text = [UInt8](repeating: 0x61, count: lead) + bytes
            #expect(text.span.isValidUTF8 == isValid)
            #expect((text + [UInt8](repeating: 0x7A, count: 40)).span.isValidUTF8 == isValid)
        }
    }
}
