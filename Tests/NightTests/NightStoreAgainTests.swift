import Memory
import Refunds
import Night
import TestSupport
import Testing

/// Days that are run again or late, and nights that are forgotten.
@Suite struct NightStoreAgainTests {
    @Test func aDayRunAgainMakesLaterReportsStaleIfItEndsOtherwise() throws {
        let file = TemporaryStore()
        let store = try NightStore(path: file.path)
        var random = Seeded()
        let (part, other) = (random.parts(1), random.parts(1))
        try store.keep("2026-01-01", parts: part)
        try store.keep("2026-01-02") { _ in [] }
        try store.keep("2026-01-03") { _ in [] }
        func stale() throws -> [String] { try store.nights().filter(\.isStale).map(\.asOf.description) }
        #expect(try stale() == [])
        try store.keep("2026-01-01", parts: part)
        #expect(try stale() == [], "it ends as it did")
        try store.keep("2026-01-01", parts: other)
        #expect(try stale() == ["2026-01-02", "2026-01-03"], "what rests on a stale report is stale")
        #expect(isRefused(saying: "run 2026-01-02 again") { try store.forget(before: date("2026-01-03")) })
        #expect(try store.forgetAutomatically(before: date("2026-01-03")) == 0)
        #expect(try store.opening(before: date("2026-01-03"))?.isStale == true)
        try store.keep("2026-01-02") { _ in [] }
        #expect(try stale() == [])
        try store.keep("2025-12-31")
        #expect(try stale() == ["2026-01-01", "2026-01-02", "2026-01-03"], "a day before them was run first now")
        #expect(try store.nights().count == 4)
    }

    @Test func forgettingKeepsWhatLaterReportsNeed() throws {
        let file = TemporaryStore()
        let store = try NightStore(path: file.path)
        for day in 1...5 { try store.keep("2026-01-0\(day)") }
        #expect(try store.forget(before: date("2026-01-04")) == 2)
        #expect(try store.nights().map(\.asOf.description) == ["2026-01-03", "2026-01-04", "2026-01-05"])
        #expect(try store.nights().allSatisfy { !$0.isStale })
        #expect(try store.forget(before: date("2027-01-01")) == 2)
        #expect(try store.nights().map(\.asOf.description) == ["2026-01-05"], "the last night is never forgotten")
        #expect(try store.forget(before: date("2026-01-01")) == 0)
    }

    @Test(arguments: ["2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03"])
    func aNightWhosePastIsForgottenIsNotRunFromNothing(day: String) throws {
        let file = TemporaryStore()
        let store = try NightStore(path: file.path)
        for day in 1...4 { try store.keep("2026-01-0\(day)") }
        #expect(try store.forget(before: date("2026-01-04")) == 2)
        #expect(isRefused(saying: "begin from nothing") { try store.opening(before: date(day)) })
        #expect(try store.opening(before: date("2026-01-04"))?.asOf == date("2026-01-03"))
    }

    /// What is run again with the same end heals what was damaged of it.
    @Test func aNightRunAgainMendsItsParts() throws {
        let file = TemporaryStore()
        var random = Seeded()
        let parts = random.parts(1)
        do {
            let store = try NightStore(path: file.path)
            try store.keep("2026-01-01", parts: parts)
            try store.keep("2026-01-02")
        }
        var bytes = file.read()
        let place = try #require(bytes.firstRange(of: parts[0].content.suffix(40)))
        bytes[place.lowerBound] ^= 4
        file.write(bytes)
        let store = try NightStore(path: file.path)
        let opened = try #require(try store.opening(before: date("2026-01-03")))
        #expect(isUnusable(saying: "run that night again") { try store.content(of: opened.parts[0]) })
        try store.keep("2026-01-01", parts: parts)
        #expect(try store.content(of: opened.parts[0]) == parts[0].content)
        #expect(try store.nights().allSatisfy { !$0.isStale })
    }
}
