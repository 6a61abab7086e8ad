import Glibc
import Memory
import Refunds
import Night
import TestSupport
import Testing

/// A store that is not as it was written is refused, or what changed in it is nothing that anybody reads.
@Suite struct NightStoreDamageTests {
    /// All that can be read.
    private struct Everything: Equatable {
        var nights: [KeptNight] = []
        var unsettled: [UnsettledNight] = []
        var opened: [OpenedNight?] = []
        var parts: [[UInt8]] = []
    }

    private static let days = ["2026-01-01", "2026-01-02", "2026-01-04"]

    private func everything(_ path: String) throws -> Everything {
        let store = try NightStore(path: path, mayBeNew: false)
        var all = Everything(nights: try store.nights(), unsettled: try store.unsettled())
        for day in Self.days {
            let opened = try store.opening(before: date(day))
            all.opened.append(opened)
            for part in opened?.parts ?? [] {
                all.parts.append(try store.index(of: part))
                all.parts.append(try store.content(of: part))
            }
        }
        return all
    }

    private func make(_ file: TemporaryStore, _ random: inout Seeded) throws {
        let store = try NightStore(path: file.path)
        for day in Self.days { try store.keep(day, parts: random.parts(2, bytes: 70_000)) }
        let draft = try store.draft(date("2026-01-05"), openedFrom: try store.opening(before: date("2026-01-05")))
        for part in random.parts(1) { try draft.append(part) }
        _ = try draft.prepare(place("prepared"))
    }

    @Test func everyChangedBitIsNoticedOrChangesNothing() throws {
        let file = TemporaryStore()
        var random = Seeded()
        try make(file, &random)
        let good = try everything(file.path)
        let bytes = file.read()
        var noticed = 0
        let tries = 1000 * Seeded.soak
        for _ in 0..<tries {
            // Half of them where a row's own bytes, the tables' and the lists of pages are.
            let page = random.below(bytes.count / 65_536) * 65_536
            let place = random.once(in: 2) ? random.below(bytes.count) : page + random.below(200)
            let changed = bytes[place] ^ (1 << UInt8(random.below(8)))
            file.change(place, to: changed)
            do {
                #expect(try everything(file.path) == good, "seed \(random.seed): byte \(place) → \(changed)")
            } catch let error as StateError {
                if case .unusable = error {
                    noticed += 1
                } else {
                    Issue.record("seed \(random.seed): byte \(place) → \(changed): \(error)")
                }
            }
            file.change(place, to: bytes[place])
        }
        #expect(try everything(file.path) == good)
        #expect(noticed > tries / 4, "\(noticed) noticed")
    }

    /// Whoever changes a value with SQLite's own tools is found out.
    @Test(arguments: [
        "UPDATE night SET asOf = '2025-01-01' WHERE id = 2", "UPDATE night SET openCases = 5 WHERE id = 1",
        "UPDATE night SET ordinal = 9 WHERE id = 3", "UPDATE night SET isStale = 1 WHERE id = 3",
        "UPDATE night SET isPublished = 1 WHERE id = 4", "UPDATE night SET folder = '/other' WHERE id = 4",
        "UPDATE night SET balance = 'case USD 1 1 0'", "DELETE FROM night WHERE id = 4",
        "DELETE FROM night WHERE id = 3",
        "INSERT INTO night SELECT id + 9, asOf, ordinal, 1, 0, NULL, NULL, digest, 0, 0, 0, 0, '', parts, '', '', '', seal FROM night",
        "DELETE FROM allNights", "UPDATE night SET id = 7 WHERE id = 3", "DELETE FROM part WHERE id = 1",
        "UPDATE part SET nightOrdinal = 3 WHERE id = 1", "UPDATE part SET contentByteCount = 5 WHERE id = 2",
        "UPDATE part SET contentDigest = indexDigest WHERE id = 2", "DELETE FROM partIndex WHERE id = 2",
        "UPDATE partContent SET bytes = x'00' WHERE id = 2", "UPDATE partContent SET bytes = 'text' WHERE id = 1",
        "UPDATE night SET parts = substr(parts, 1, 8) WHERE id = 1", "CREATE TABLE more (id INTEGER)",
        "CREATE TRIGGER t AFTER INSERT ON part BEGIN DELETE FROM part; END",
    ]) func everyChangedValueIsNoticed(statement: String) throws {
        let file = TemporaryStore()
        var random = Seeded()
        try make(file, &random)
        #expect(!isUnusable { try everything(file.path) })
        try file.execute(statement)
        #expect(isUnusable { try everything(file.path) }, "\(statement)")
    }

    @Test func aCheckFindsWhatIsDamaged() throws {
        let file = TemporaryStore()
        var random = Seeded()
        let parts = ["A", "B", "C"].map { random.part(of: $0) }
        // An index of other orders.
        let crossed = NewPart(index: parts[0].index, content: random.part(of: "D").content)
        do {
            let store = try NightStore(path: file.path)
            for (day, part) in zip(Self.days, parts) { try store.keep(day, parts: [part]) }
            let findings = try store.check()
            #expect(findings.differences == [])
            #expect(findings.good.count == 5, "the file, three nights and the parts: \(findings.good)")
        }
        try file.execute("UPDATE partContent SET bytes = zeroblob(length(bytes)) WHERE id = 3")
        try file.execute("UPDATE part SET nightOrdinal = 4 WHERE id = 1")
        let store = try NightStore(path: file.path)
        let findings = try store.check()
        #expect(findings.differences.count == 4, "three nights have part 1: \(findings.differences)")
        #expect(findings.differences.contains { $0.hasPrefix("part 3: ") })
        let other = TemporaryStore()
        let second = try NightStore(path: other.path)
        try second.keep("2026-01-01", parts: [parts[1], crossed])
        #expect(try second.check().differences == ["part 2: its index is not that of its orders"])
    }
}

extension Seeded {
    /// A part with an order.
    fileprivate mutating func part(of orderNo: Text) -> NewPart {
        var writer = PartWriter()
        writer.add(remembered(.order(orderNo)))
        return writer.finish()[0]
    }
}
