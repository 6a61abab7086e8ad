import CSQLite
import Files
import Glibc
import JSON
import Memory
import Night
import Refunds
import Rules
import Testing
@testable import Run

/// A store of the first version is taken over once. The one here was written by that version in two nights, the 11th and the
/// 12th: Resources/former-store.sql.
@Suite struct TakeoverTests {
    private struct Former {
        let folder: TemporaryFolder
        var state: String { folder / "state.sqlite" }

        init(changedBy statement: String = "") throws {
            folder = try TemporaryFolder()
            let script = try Files.text("\(Repository.resources)/former-store.sql") + statement
            try Former.execute(script, state)
        }

        static func execute(_ script: String, _ path: String) throws {
            var connection: OpaquePointer?
            defer { sqlite3_close(connection) }
            #expect(sqlite3_open(path, &connection) == SQLITE_OK)
            try #require(
                sqlite3_exec(connection, script, nil, nil, nil) == SQLITE_OK,
                "\(String(cString: sqlite3_errmsg(connection)))")
        }

        func takeOver() async throws -> String? {
            do { return try await StateTakeover.takeOver(state, .files(threads: 2)) } catch {
                throw RunError(cause: error) ?? error
            }
        }

        func exported() throws -> [JSONTree] {
            var text: [UInt8] = []
            try StateInspection(path: state).export(nil) { text += $0 }
            return try text.split(separator: 0x0A).map { try parsedJSON(Array($0)) }
        }
    }

    @Test func whatWasOpenIsThere() async throws {
        let former = try Former()
        let before = try await Command.run(["state", "show", former.state])
        #expect(before.code == 65, "\(before.errorText)")
        #expect(before.errorText.contains("takes it over"), "\(before.errorText)")
        let note = try #require(try await former.takeOver())
        #expect(note.contains("\(former.state).v1"), "\(note)")
        #expect(note.contains("1 of its cases"), "\(note)")
        #expect(try await former.takeOver() == nil, "there is nothing left to take over")
        let store = try NightStore(path: former.state)
        #expect(try store.nights().map(\.asOf.description) == ["2026-01-12"])
        let next = try #require(CalendarDate("2026-01-13"))
        let opened = try #require(try store.opening(before: next))
        #expect(opened.ordinal == 2)
        #expect(opened.figures.openCases == 5)
        #expect(opened.figures.orphans == 1)
        #expect(opened.figures.breaks == 5)
        #expect(opened.figures.balance.sums.count == 2)
        #expect(try store.check().differences == [])
        // Its past is in the copy: it is not run again from nothing.
        #expect(throws: StateError.self) { try store.opening(before: opened.asOf) }
    }

    /// The former store did not keep the record of a refund that had ended: that something else of its order comes resolves no
    /// break of it.
    @Test func aBreakWithoutItsRecordIsNotResolved() async throws {
        let former = try Former()
        let orders = try former.folder.write("o.jsonl", "")
        let journal = try former.folder.write("j.jsonl", "")
        let webhooks = try former.folder.write(
            "w.jsonl",
            #"{"orderNo":"SHORT","refundStatus":4,"currency":"USD","originalTotalAmount":"1.00","#
                + #""airlinePenaltyAmount":"0.00","finalRefundAmount":"0.00","transactionFee":"0.00"}"#)
        let finished = try await Command.run([
            "run", "--orders", orders, "--webhooks", webhooks, "--status-journal", journal, "--state",
            former.state, "--as-of", "2026-01-13", "--output", former.folder / "out", "--formats", "csv",
        ])
        #expect(finished.code == 2, "\(finished.errorText)")
        let breaks = csvRecords(try Files.read(former.folder / "out/2026-01-13/breaks.csv"))
        let ofShort = breaks.filter { $0["orderNo"] == "SHORT" }
        #expect(ofShort.map { $0["rowType"] } == ["orphanWebhook", "case"])
        #expect(ofShort.map { $0["breakStanding"] } == ["new", "notExamined"])
    }

    @Test func anUnknownExceptionIsRefused() async throws {
        let former = try Former(changedBy: "UPDATE break SET exceptions = 'REFUND_SHIRT';")
        let error = await #expect(throws: RunError.self) { _ = try await former.takeOver() }
        #expect(error?.kind == .unusableInput)
        #expect(error?.message.contains("restore the file from its backup") == true, "\(error?.message ?? "")")
    }

    @Test func everyOrderIsWhole() async throws {
        let former = try Former()
        _ = try await former.takeOver()
        let lines = try former.exported()
        #expect(lines[0]["record"]?["asOf"]?.string == "2026-01-12")
        let orders = lines.dropFirst().compactMap { $0["record"] }
        #expect(
            orders.map { $0["orderNo"]?.string ?? $0["airlinePNR"]?.string ?? "" }
                == ["AUDIT", "CONFLICT", "LATE", "OPEN", "ORPHAN", "SHORT", "PNR1"])
        #expect(orders.map { $0["records"]?.elements.count } == [1, 1, 1, 1, 0, 0, 1])
        #expect(orders.map { $0["webhooks"]?.elements.count } == [0, 0, 0, 1, 1, 0, 0])
        #expect(orders.map { $0["openItems"]?.elements.count } == [1, 1, 1, 1, 1, 0, 1])
        #expect(orders.map { $0["breaks"]?.elements.count } == [0, 1, 1, 0, 1, 1, 1])
        let audit = orders[0]["records"]?.elements.first
        #expect(audit?["ticketCount"]?.int == 2)
        #expect(audit?["firstSource"]?.string == "o1.jsonl:5")
        #expect(audit?["refundRules"]?.elements.count == 1)
        #expect(audit?["firstAsOf"]?.string == "2026-01-11")
        let short = orders[5]["breaks"]?.elements.first
        // The first 32 digits of the SHA-256 of ["case","SHORT",null,null,"R1"].
        let id = SHA256Sum.hex(of: Array(#"["case","SHORT",null,null,"R1"]"#.utf8)).prefix(32)
        #expect(short?["id"]?.string == String(id))
        #expect(short?["since"]?.string == "2026-01-11")
        #expect(short?["nights"]?.int == 2)
    }

    @Test func theNextNightGoesOn() async throws {
        let former = try Former()
        try former.folder.write(
            "o.csv",
            """
            orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt
            NEW,R1,USD,100.00,10.00,2.00,2026-01-01
            """)
        let run = [
            "run", "--orders", former.folder / "o.csv", "--status-journal", try former.folder.write("j.jsonl", ""),
            "--as-of", "2026-01-13", "--output", former.folder / "out", "--state", former.state, "--formats", "csv",
        ]
        let finished = try await Command.run(run)
        #expect(finished.errorText.contains("was taken over from an earlier version"), "\(finished.errorText)")
        let night = try Night(former.folder / "out/2026-01-13", finished)
        #expect(night.rows.compactMap { $0["orderNo"] } == ["OPEN", "", "AUDIT", "CONFLICT", "LATE", "NEW", "ORPHAN"])
        #expect(night.row("OPEN")["carriedFrom"] == "2026-01-11")
        #expect(night.row("LATE")["carriedFrom"] == "2026-01-12")
        #expect(night.row("ORPHAN")["breakSince"] == "2026-01-11")
        #expect(night.row("ORPHAN")["breakNights"] == "3")
        #expect(night.rolled()[0] == "5 440.00")
        #expect(night.rolled("orphanWebhooks")[0] == "1 88.00")
        let again = try await Command.run(run)
        #expect(!again.errorText.contains("taken over"), "\(again.errorText)")
    }

    // MARK: The copy

    @Test func aCopyIsKept() async throws {
        let former = try Former()
        func nights(_ path: String) throws -> [KeptNight]? { try FormerStore(path: path)?.nights { _, _ in true } }
        let before = try #require(try nights(former.state))
        for leftover in [".v1.new", ".new", ".lines"] { try Files.write([1, 2, 3], to: former.state + leftover) }
        _ = try await former.takeOver()
        #expect(try nights(former.state + ".v1") == before)
        #expect(before.count == 2)
        var status = stat()
        #expect(stat(former.state + ".v1", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(stat(former.state, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(Files.names(former.folder.path) == ["state.sqlite", "state.sqlite.v1"])
    }

    /// A run was killed when it had made the copy; or something else has the copy's name.
    @Test(arguments: [true, false]) func aCopyThatIsThere(isTheSame: Bool) async throws {
        let former = try Former()
        let other = isTheSame ? former : try Former(changedBy: "DELETE FROM night WHERE id = 2;")
        let bytes = try Files.read(other.state)
        try Files.write(bytes, to: former.state + ".v1")
        if isTheSame {
            #expect(try await former.takeOver() != nil)
        } else {
            await #expect(throws: RunError.self) { try await former.takeOver() }
            #expect(try FormerStore(path: former.state) != nil, "it is as it was")
        }
        #expect(try Files.read(former.state + ".v1") == bytes)
    }

    // MARK: What cannot be taken over

    @Test(arguments: [
        ("UPDATE night SET openedFromDigest = 'other' WHERE id = 2;", "is stale"),
        ("UPDATE carried SET line = x'7b' WHERE night = 2 AND position = 0;", "cannot be taken over"),
        ("UPDATE carried SET line = '{}' WHERE night = 2 AND position = 0;", "damaged"),
        ("UPDATE item SET currency = 'nothing' WHERE night = 2;", "damaged"),
        ("UPDATE night SET isPublished = 0, folder = '/nowhere' WHERE id = 2;", "bring it back"),
    ]) func isRefused(statement: String, says: String) async throws {
        let former = try Former(changedBy: statement)
        do {
            _ = try await former.takeOver()
            Issue.record("it was taken over")
        } catch let failure as RunError {
            #expect(failure.message.contains(says), "\(failure.message)")
            #expect([.unusableInput, .cannotOpenInput].contains(failure.kind))
        }
        #expect(try FormerStore(path: former.state) != nil, "it is as it was")
    }

    /// A run of the first version was killed while it published the second night.
    @Test(arguments: [true, false]) func aNightThatWasBeingPublished(isPublished: Bool) async throws {
        let output = try TemporaryFolder()
        let manifest = Array("{\"asOf\":\"2026-01-12\",\"sequence\":2}".utf8)
        let hash = SHA256Sum.hex(of: manifest)
        try output.write("CHAIN", "1 2026-01-11 \(String(repeating: "1", count: 64))\n")
        if isPublished {
            try Files.makeFolder(output / "2026-01-12")
            try output.write("2026-01-12/manifest.json", manifest)
        }
        let former = try Former(
            changedBy: """
                UPDATE night SET folder = '\(output.path)', manifest = '\(String(repeating: "1", count: 64))' WHERE id = 1;
                UPDATE night SET folder = '\(output.path)', manifest = '\(hash)', isPublished = 0 WHERE id = 2;
                """)
        _ = try await former.takeOver()
        let kept = try NightStore(path: former.state).nights().map(\.asOf.description)
        #expect(kept == [isPublished ? "2026-01-12" : "2026-01-11"])
    }
}
