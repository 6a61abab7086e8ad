import Core
import Glibc
import State
import TestSupport
import Testing

/// What is written is what is read, and only what was published counts.
@Suite struct StateStoreTests {
    @Test func closingsComeBackAsTheyWere() throws {
        var random = Seeded()
        for _ in 0..<30 * Seeded.soak {
            let file = TemporaryStore()
            let (first, second) = (
                try random.closing(date("2026-01-01")), try random.closing(date("2026-01-02"))
            )
            do {
                let store = try StateStore(path: file.path)
                try store.keep(first, digest: "1")
                try store.keep(second, from: first.asOf, digest: "2")
            }
            let store = try StateStore(path: file.path, mayBeNew: false)
            for closing in [first, second] {
                var expected = closing
                expected.answers = []
                #expect(try store.closing(closing.asOf) == expected, "seed \(random.seed)")
            }
            let opening = try store.opening(before: date("2026-01-02"), answersSince: date("2025-12-01"))
            #expect(opening.asOf == first.asOf)
            #expect(opening.orders == first.orders && opening.webhooks == first.webhooks)
            #expect(opening.items == first.items && opening.balance == first.balance)
            #expect(opening.breaks == first.breaks && opening.answers == first.answers)
        }
    }

    /// Passengers' names are in it: a store is its owner's alone, one that others could read too. What is no store is left
    /// as it is.
    @Test func isForItsOwnerOnly() throws {
        func mode(_ path: String) -> mode_t {
            var status = stat()
            return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
        }
        let file = TemporaryStore()
        _ = try StateStore(path: file.path)
        #expect(mode(file.path) == 0o600)
        #expect(chmod(file.path, 0o644) == 0)
        _ = try StateStore(path: file.path, mayBeNew: false)
        #expect(mode(file.path) == 0o600)
        let other = TemporaryStore()
        let text = open(other.path, O_WRONLY | O_CREAT, 0o644)
        let content = Array(String(repeating: "no database\n", count: 1000).utf8)
        #expect(write(text, content, content.count) == content.count)
        #expect(fchmod(text, 0o644) == 0)
        close(text)
        #expect(throws: StateError.self) { try StateStore(path: other.path) }
        #expect(mode(other.path) == 0o644)
        #expect(throws: StateError.cannotOpen(path: "/none/s", reason: "No such file or directory")) {
            try StateStore(path: "/none/s")
        }
    }

    @Test func theFirstNightBeginsWithNothing() throws {
        let file = TemporaryStore()
        let store = try StateStore(path: file.path)
        #expect(try store.opening(before: date("2026-01-01"), answersSince: date("2025-01-01")) == NightOpening())
        #expect(try store.nights().isEmpty)
    }

    @Test func aNightOpensFromTheLastOneBeforeIt() throws {
        let file = TemporaryStore()
        let store = try StateStore(path: file.path)
        for (number, day) in ["2026-01-01", "2026-01-03", "2026-01-05"].enumerated() {
            var closing = NightClosing(asOf: date(day))
            closing.items = [item("i\(number)", 1)]
            try store.keep(closing, digest: day)
        }
        for (day, expected) in [
            ("2026-01-01", nil), ("2026-01-02", "i0"), ("2026-01-03", "i0"), ("2026-01-04", "i1"), ("2026-01-09", "i2"),
        ] {
            #expect(
                try store.opening(before: date(day), answersSince: nil).items.first?.id == expected.map { id($0) },
                "\(day)")
        }
    }

    @Test func ofSeveralAnswersTheLastNightsCounts() throws {
        let file = TemporaryStore()
        let store = try StateStore(path: file.path)
        for (day, text) in [("2026-01-01", "old"), ("2026-01-03", "new"), ("2026-01-05", "later")] {
            var closing = NightClosing(asOf: date(day))
            closing.answers = [KeptAnswer(id: "a", receivedFor: date(day), line: Array(text.utf8))]
            try store.keep(closing, digest: day)
        }
        func answer(_ before: String, _ since: String?) throws -> String? {
            let found = try store.opening(before: date(before), answersSince: since.map { date($0) }).answers
            return found.first.map { String(decoding: $0.line, as: UTF8.self) }
        }
        #expect(try answer("2026-01-05", "2026-01-01") == "new")
        #expect(try answer("2026-01-06", "2026-01-05") == "later")
        #expect(try answer("2026-01-05", "2026-01-04") == nil)
        #expect(try answer("2026-01-02", "2026-01-01") == "old")
        #expect(try answer("2026-01-05", nil) == nil)
    }

    // MARK: Prepared and not published

    @Test(arguments: [true, false]) func aKilledRunIsSettledByWhatIsPublished(isPublished: Bool) throws {
        let file = TemporaryStore()
        var closing = NightClosing(asOf: date("2026-01-02"))
        closing.items = [item("before", 1)]
        do {
            let store = try StateStore(path: file.path)
            try store.keep(closing, digest: "1")
            closing.items = [item("after", 2)]
            _ = try store.prepare(
                closing, NightReport(openedFrom: nil, digest: "2", manifestSHA256: "m", folder: "Out"))
            #expect(try store.opening(before: date("2026-01-03"), answersSince: nil).items.first?.id == id("before"))
        }
        let store = try StateStore(path: file.path)
        var asked: [String] = []
        try store.settle { folder, manifest throws(StateError) in
            asked.append("\(folder) \(manifest)")
            return isPublished
        }
        #expect(asked == ["Out m"])
        #expect(try store.nights().count == 1)
        #expect(
            try store.opening(before: date("2026-01-03"), answersSince: nil).items.first?.id
                == id(isPublished ? "after" : "before"))
    }

    // MARK: Again, and later

    @Test func aDayRunAgainMakesLaterReportsStaleIfItEndsOtherwise() throws {
        let file = TemporaryStore()
        let store = try StateStore(path: file.path)
        let days = ["2026-01-01", "2026-01-02", "2026-01-03"].map { date($0) }
        try store.keep(NightClosing(asOf: days[0]), digest: "a")
        try store.keep(NightClosing(asOf: days[1]), from: days[0], digest: "b")
        try store.keep(NightClosing(asOf: days[2]), from: days[1], digest: "c")
        func stale() throws -> [CalendarDate] { try store.nights().filter(\.isStale).map(\.asOf) }
        #expect(try stale() == [])
        try store.keep(NightClosing(asOf: days[0]), digest: "a")
        #expect(try stale() == [], "it ends as it did")
        try store.keep(NightClosing(asOf: days[0]), digest: "a2")
        #expect(try stale() == [days[1], days[2]], "what rests on a stale report is stale")
        try store.keep(NightClosing(asOf: days[1]), from: days[0], digest: "b")
        #expect(try stale() == [])
        try store.keep(NightClosing(asOf: date("2025-12-31")), digest: "z")
        #expect(try stale() == days, "a day before them was run for the first time")
        #expect(try store.nights().count == 4)
    }

    @Test func forgettingKeepsWhatLaterReportsNeed() throws {
        let file = TemporaryStore()
        let store = try StateStore(path: file.path)
        for day in 1...5 {
            let previous = day > 1 ? date("2026-01-0\(day - 1)") : nil
            try store.keep(NightClosing(asOf: date("2026-01-0\(day)")), from: previous, digest: "\(day)")
        }
        #expect(try store.forget(before: date("2026-01-04")) == 2)
        #expect(try store.nights().map(\.asOf.description) == ["2026-01-03", "2026-01-04", "2026-01-05"])
        #expect(try store.nights().allSatisfy { !$0.isStale })
        #expect(try store.forget(before: date("2027-01-01")) == 2)
        #expect(try store.nights().map(\.asOf.description) == ["2026-01-05"], "the last night is never forgotten")
        #expect(try store.forget(before: date("2026-01-01")) == 0)
    }

    // MARK: What is no store

    @Test func aStoreIsHeldByOne() throws {
        let file = TemporaryStore()
        let first = try StateStore(path: file.path)
        #expect(throws: StateError.inUse(path: file.path)) { try StateStore(path: file.path) }
        _ = try first.nights()
    }

    @Test func whatIsNoStoreIsRefused() throws {
        let text = TemporaryStore()
        text.write(Array(repeating: UInt8(ascii: "x"), count: 5000))
        #expect(isUnusable { try StateStore(path: text.path) })
        let missing = TemporaryStore()
        #expect(throws: StateError.self) { try StateStore(path: missing.path, mayBeNew: false) }
        #expect(throws: StateError.self) { try StateStore(path: missing.folder + "/no/state.sqlite") }
    }

    @Test func aStoreOfAnotherVersionIsRefused() throws {
        // Bytes 60 to 63 are the version of the tables, 68 to 71 say whose database it is (SQLite, "The Database Header").
        for (place, word) in [(63, "version"), (68, "something else")] {
            let file = TemporaryStore()
            do { _ = try StateStore(path: file.path) }
            var bytes = file.read()
            bytes[place] ^= 0x40
            file.write(bytes)
            #expect(isUnusable({ try StateStore(path: file.path) }, saying: word))
        }
    }

    @Test func aDamagedStoreIsRefused() throws {
        let file = TemporaryStore()
        var random = Seeded()
        do {
            let store = try StateStore(path: file.path)
            for day in 1...9 { try store.keep(try random.closing(date("2026-01-0\(day)")), digest: "\(day)") }
        }
        let good = file.read()
        let pageSize = Int(good[16]) << 8 | Int(good[17])
        var found = 0
        for page in 1..<good.count / pageSize {
            var bytes = good
            // The head of a page says what it is and how much it holds.
            for offset in 0..<8 { bytes[page * pageSize + offset] = 0xFF }
            file.write(bytes)
            if isUnusable({ try StateStore(path: file.path) }) { found += 1 }
        }
        #expect(found == good.count / pageSize - 1)
    }

    private func isUnusable(_ open: () throws -> StateStore, saying word: String = "") -> Bool {
        do {
            _ = try open()
            return false
        } catch let error as StateError {
            if case .unusable(_, let reason) = error { return word.isEmpty || reason.contains(word) }
            return false
        } catch { return false }
    }
}
