import Glibc
import Memory
import Refunds
import Rules
import Night
import TestSupport
import Testing

/// What is written is what is read, and only what was published counts.
@Suite struct NightStoreTests {
    @Test func nightsComeBackAsTheyWereWritten() throws {
        let file = TemporaryStore()
        var random = Seeded()
        let parts = random.parts(5)
        var figures = NightFigures()
        (figures.cases, figures.openCases, figures.orphans, figures.breaks) = (7, 3, 2, 1)
        figures.balance = OpenBalance([item("a", 5), item("b", nil, "JPY")])
        var digest = ""
        do {
            let store = try NightStore(path: file.path)
            let draft = try store.draft(date("2026-01-01"), openedFrom: nil)
            for part in parts { try draft.append(part) }
            draft.figures = figures
            digest = draft.digest
            try store.confirm(try draft.prepare(place("m")))
        }
        let store = try NightStore(path: file.path, mayBeNew: false)
        let opened = try #require(try store.opening(before: date("2026-01-05")))
        #expect(opened.asOf == date("2026-01-01"))
        #expect(opened.ordinal == 1)
        #expect(!opened.isStale)
        #expect(opened.figures == figures)
        #expect(opened.digest == digest)
        try #require(opened.parts.count == 5)
        for (stored, part) in zip(opened.parts, parts) {
            #expect(try store.index(of: stored) == part.index)
            #expect(try store.content(of: stored) == part.content)
            #expect(stored.nightOrdinal == 1)
        }
    }

    @Test func theFirstNightBeginsWithNothing() throws {
        let file = TemporaryStore()
        let store = try NightStore(path: file.path)
        #expect(try store.opening(before: date("2026-01-01")) == nil)
        #expect(try store.nights().isEmpty)
    }

    @Test func aNightOpensFromTheLastOneBeforeIt() throws {
        let file = TemporaryStore()
        let store = try NightStore(path: file.path)
        for day in ["2026-01-01", "2026-01-03", "2026-01-05"] { try store.keep(day) }
        for (day, expected, ordinal) in [
            ("2026-01-02", "2026-01-01", 1), ("2026-01-03", "2026-01-01", 1), ("2026-01-04", "2026-01-03", 2),
            ("2026-01-09", "2026-01-05", 3),
        ] {
            let opened = try store.opening(before: date(day))
            #expect(opened?.asOf == date(expected), "\(day)")
            #expect(opened?.ordinal == ordinal, "\(day)")
        }
        #expect(try store.opening(before: date("2026-01-01")) == nil, "there never was a night before the first")
    }

    @Test func partsAreHandedOnUntilNobodyHoldsThem() throws {
        let file = TemporaryStore()
        var random = Seeded()
        let store = try NightStore(path: file.path)
        let parts = random.parts(3)
        try store.keep("2026-01-01", parts: parts)
        try store.keep("2026-01-02", parts: random.parts(1)) { Array($0.prefix(2)) }
        try store.keep("2026-01-03") { Array($0.suffix(1)) }
        let opened = try #require(try store.opening(before: date("2026-01-04")))
        #expect(opened.parts.map(\.nightOrdinal) == [1])
        #expect(try store.content(of: opened.parts[0]) == parts[1].content)
        #expect(try store.forget(before: date("2026-01-09")) == 2)
        let after = try #require(try store.opening(before: date("2026-01-04")))
        #expect(after == opened)
        #expect(try store.content(of: after.parts[0]) == parts[1].content)
    }

    /// A file of many nights is as large as what is still handed on, once the others are forgotten.
    @Test func whatIsForgottenTakesNoRoom() throws {
        let file = TemporaryStore()
        let store = try NightStore(path: file.path)
        var random = Seeded()
        for day in 1...9 {
            try store.keep("2026-01-0\(day)", parts: random.parts(4, bytes: 200_000)) { _ in [] }
        }
        #expect(file.byteCount > 9 * 4 * 200_000)
        #expect(try store.forget(before: date("2026-01-10")) == 8)
        #expect(file.byteCount < 2 * 4 * 200_000 + 300_000)
        var after: [Int] = []
        for day in 10...29 {
            try store.keep("2026-01-\(day)", parts: random.parts(4, bytes: 200_000)) { _ in [] }
            _ = try store.forgetAutomatically(before: date("2026-01-\(day)"))
            after.append(file.byteCount)
        }
        #expect(after[19] < after[5] + 4 * 200_000 / 4, "what is free in the file is used again")
    }

    // MARK: Prepared and not published

    @Test(arguments: [ReportStanding.published, .notPublished, .unknown("the folder is not there")])
    func aKilledRunIsSettledByWhatIsPublished(standing: ReportStanding) throws {
        let file = TemporaryStore()
        var random = Seeded()
        let parts = random.parts(2)
        do {
            let store = try NightStore(path: file.path)
            try store.keep("2026-01-02", parts: [parts[0]])
            let draft = try store.draft(date("2026-01-02"), openedFrom: nil)
            try draft.append(parts[1])
            _ = try draft.prepare(place("m2"))
            let opened = try #require(try store.opening(before: date("2026-01-03")))
            #expect(try store.content(of: opened.parts[0]) == parts[0].content, "it does not count yet")
        }
        let store = try NightStore(path: file.path)
        #expect(try store.unsettled().map(\.place) == [place("m2")])
        if case .unknown = standing {
            #expect(throws: StateError.self) { try store.settle { _ in standing } }
            #expect(try store.unsettled().map(\.asOf) == [date("2026-01-02")], "nothing is settled")
            #expect(throws: StateError.self) { try store.forget(before: date("2027-01-01")) }
            return
        }
        try store.settle { _ in standing }
        #expect(try store.unsettled().isEmpty)
        #expect(try store.nights().count == 1)
        let opened = try #require(try store.opening(before: date("2026-01-03")))
        #expect(opened.parts.count == 1)
        let expected = standing == .published ? parts[1] : parts[0]
        #expect(try store.content(of: opened.parts[0]) == expected.content)
    }

    @Test func aDraftThatIsGivenUpLeavesNothing() throws {
        let file = TemporaryStore()
        var random = Seeded()
        let store = try NightStore(path: file.path)
        try store.keep("2026-01-01", parts: random.parts(1))
        let before = try store.opening(before: date("2026-01-02"))
        do {
            let draft = try store.draft(date("2026-01-02"), openedFrom: before)
            try draft.append(random.parts(1)[0])
        }
        do {
            let draft = try store.draft(date("2026-01-02"), openedFrom: before)
            try draft.append(random.parts(1)[0])
            draft.abandon()
        }
        #expect(try store.unsettled().isEmpty)
        #expect(try store.opening(before: date("2026-01-03")) == before)
    }

    // MARK: What is no store

    @Test func aStoreIsHeldByOne() throws {
        let file = TemporaryStore()
        let first = try NightStore(path: file.path)
        #expect(throws: StateError.inUse(path: file.path)) { try NightStore(path: file.path) }
        _ = try first.nights()
    }

    @Test func whatIsNoStoreIsRefused() throws {
        let text = TemporaryStore()
        text.write(Array(repeating: UInt8(ascii: "x"), count: 5000))
        #expect(isUnusable { try NightStore(path: text.path) })
        let missing = TemporaryStore()
        #expect(throws: StateError.self) { try NightStore(path: missing.path, mayBeNew: false) }
        #expect(throws: StateError.self) { try NightStore(path: missing.folder + "/no/state.sqlite") }
    }

    @Test func aStoreOfAnotherVersionIsRefused() throws {
        // Bytes 60 to 63 are the version of the tables, 68 to 71 say whose database it is (SQLite, "The Database Header").
        for (place, word) in [(63, "version"), (68, "something else")] {
            let file = TemporaryStore()
            do { _ = try NightStore(path: file.path) }
            var bytes = file.read()
            bytes[place] ^= 0x40
            file.write(bytes)
            #expect(isUnusable(saying: word) { try NightStore(path: file.path) })
        }
    }

    /// A store is its owner's alone, one that others could read too. What is no store is left as it is.
    @Test func isForItsOwnerOnly() throws {
        func mode(_ path: String) -> mode_t {
            var status = stat()
            return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
        }
        let file = TemporaryStore()
        _ = try NightStore(path: file.path)
        #expect(mode(file.path) == 0o600)
        #expect(chmod(file.path, 0o644) == 0)
        _ = try NightStore(path: file.path, mayBeNew: false)
        #expect(mode(file.path) == 0o600)
        let other = TemporaryStore()
        other.write(Array(String(repeating: "no database\n", count: 1000).utf8))
        #expect(chmod(other.path, 0o644) == 0)
        #expect(throws: StateError.self) { try NightStore(path: other.path) }
        #expect(mode(other.path) == 0o644)
        #expect(throws: StateError.cannotOpen(path: "/none/s", reason: "No such file or directory")) {
            try NightStore(path: "/none/s")
        }
    }
}
