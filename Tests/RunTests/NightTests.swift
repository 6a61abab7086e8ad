import Glibc
import JSON
import Testing

/// FROM-NIGHT-TO-NIGHT.md: what a night takes over from the nights before it, and what it hands on.
@Suite struct NightTests {
    typealias Order = Nights.Order
    typealias Webhook = Nights.Webhook
    typealias Answer = Nights.Answer

    // MARK: Carried forward

    @Test func whatIsOpenComesBackAndIsMatched() async throws {
        let nights = try Nights()
        let first = try await nights.run(
            "2026-01-10", [Order("OPEN"), Order("DONE"), Order("NEVER", nil)],
            [Webhook("DONE", second: 1), Webhook("ORPHAN", second: 2)], [Answer("OPEN", 1), Answer("DONE", 2)])
        #expect(first.rolled() == ["0 0.00", "2 176.00", "0 0.00", "2 176.00"])
        #expect(first.rolled("orphanWebhooks") == ["0 0.00", "1 88.00", "0 0.00", "1 88.00"])
        let second = try await nights.run(
            "2026-01-11", [Order("LATE"), Order("ORPHAN")], [Webhook("OPEN", second: 3)],
            [Answer("OPEN", 2), Answer("ORPHAN", 2), Answer("LATE", 3)])
        #expect(
            second.outcomes == [
                "OPEN matched carried-orders.jsonl", "NEVER unverified carried-orders.jsonl",
                "LATE pending night-2026-01-11-orders.csv", "ORPHAN matched night-2026-01-11-orders.csv",
            ])
        #expect(second.row("OPEN")["carriedFrom"] == "2026-01-10")
        #expect(second.row("LATE")["carriedFrom"] == "")
        #expect(second.rolled() == ["2 176.00", "1 88.00", "1 88.00", "2 176.00"])
        #expect(second.rolled("orphanWebhooks") == ["1 88.00", "0 0.00", "1 88.00", "0 0.00"])
        #expect(second.summary["carriedForward"]?["cases"]?.int == 2)
        #expect(second.summary["carriedForward"]?["webhooks"]?.int == 1)
        #expect(second.summary["controls"]?["orders"]?["accepted"]?.int == 2)
        #expect(second.summary["controls"]?["rows"]?["case"]?.int == 4)
        let third = try await nights.run("2026-01-12", [], [], [Answer("LATE", 3)])
        #expect(third.outcomes.map { $0.split(separator: " ")[0] } == ["NEVER", "LATE"])
        #expect(third.row("NEVER")["carriedFrom"] == "2026-01-10")
        let carried = try Files.text("\(third.folder)/carried-orders.jsonl")
        #expect(carried.contains("\"firstSource\":\"night-2026-01-10-orders.csv:4\""))
        for night in [first, second, third] {
            let verified = try await Command.run(["verify", night.folder])
            #expect(verified.code == 0, "\(verified.outputText)")
        }
    }

    @Test func aWebhookMeetsAllCasesOfItsOrder() async throws {
        let nights = try Nights()
        _ = try await nights.run(
            "2026-01-10", [Order("O", "R1"), Order("O", "R2", original: "70.00")],
            [Webhook("O", second: 1)],
            [Answer("O", 2), Answer("O", 1, refundCode: "R2", refundBeforeFee: "60.00", original: "70.00")])
        let second = try await nights.run(
            "2026-01-11", [], [Webhook("O", final: "58.00", second: 2, original: "70.00")],
            [Answer("O", 2), Answer("O", 2, refundCode: "R2", refundBeforeFee: "60.00", original: "70.00")])
        #expect(second.rows.map { $0["outcome"] } == ["matched", "matched"])
        #expect(second.rows.map { $0["webhookCount"] } == ["1", "1"])
        #expect(second.rows.map { $0["exceptions"] } == ["", ""])
        let third = try await nights.run("2026-01-12", [])
        #expect(third.rows.isEmpty)
    }

    @Test func aRecordThatComesAgainIsADuplicate() async throws {
        let nights = try Nights()
        let webhook = Webhook("A", status: 1, second: 1)
        _ = try await nights.run("2026-01-10", [Order("A"), Order("B")], [webhook], [Answer("A", 1), Answer("B", 1)])
        let second = try await nights.run(
            "2026-01-11", [Order("B"), Order("A")], [webhook, Webhook("B", status: 1)],
            [Answer("A", 1), Answer("B", 1)])
        let orders = "carried-orders.jsonl"
        #expect(second.outcomes == ["A pending \(orders)", "B pending \(orders)"])
        #expect(second.rows.map { $0["exceptions"] } == ["DUPLICATE_WEBHOOK;DUPLICATE_ORDER", "DUPLICATE_ORDER"])
        #expect(second.summary["carriedForward"]?["cases"]?.int == 2)
        #expect(second.summary["carriedForward"]?["casesReadAgain"]?.int == 2)
        #expect(second.rolled() == ["2 176.00", "0 0.00", "0 0.00", "2 176.00"])
        let third = try await nights.run(
            "2026-01-12", [Order("A", original: "101.00")], [], [Answer("A", 1), Answer("B", 1)], code: 2)
        #expect(third.row("A")["exceptions"] == "CONFLICTING_ORDER;DUPLICATE_WEBHOOK;DUPLICATE_ORDER")
        #expect(third.row("A")["expectedOriginalAmount"] == "100.00")
        let rejects = csvRecords(try Files.read("\(third.folder)/rejects.csv"))
        #expect(rejects.map { $0["code"] } == ["conflicting-order"])
        #expect(rejects[0]["message"]?.contains("carried-orders.jsonl:") == true)
    }

    /// Inputs that come night by night lead to the same end as all of them at once.
    @Test(arguments: 1...6) func nightByNightIsAsAllAtOnce(seed: UInt64) async throws {
        var random = Seeded(seed)
        let nights = try Nights()
        var (orders, webhooks): ([Order], [Webhook]) = ([], [])
        var last: Night?
        for day in 10...13 {
            let tonight = (0..<Int.random(in: 0...6, using: &random)).map { number in
                Order("O\(Int.random(in: 0..<8, using: &random))", "R\(day)\(number)")
            }
            let received = (0..<Int.random(in: 0...6, using: &random)).map { number in
                Webhook(
                    "O\(Int.random(in: 0..<10, using: &random))",
                    status: (day < 13 ? [0, 1, 3] : [1, 2, 2, 4]).randomElement(using: &random) ?? 1,
                    final: ["88.00", "80.00"].randomElement(using: &random) ?? "", second: (day - 10) * 10 + number)
            }
            orders += tonight
            webhooks += received
            // Nothing is answered before the last night, so nothing is closed before it.
            let answers = day < 13 ? [] : orders.map { Answer($0.orderNo, [2, 1, 4].randomElement(using: &random)) }
            let byCode = zip(orders, answers).map {
                Answer($0.orderNo, $1.status, refundCode: $0.refundCode ?? "")
            }
            last = try await nights.run("2026-01-\(day)", tonight, received, byCode, code: nil)
            guard day == 13 else { continue }
            let whole = nights.folder / "whole"
            let finished = try await Command.run(
                try nights.arguments("2026-01-13", orders, webhooks, byCode, state: false, output: whole))
            #expect(finished.code == 0, "\(finished.errorText)")
            let expected = try Night("\(whole)/2026-01-13", finished)
            let (found, wanted) = (comparable(last), comparable(expected))
            let difference = firstDifference(
                Array(wanted.joined(separator: "\n").utf8), Array(found.joined(separator: "\n").utf8))
            #expect(difference == nil, "seed \(seed): \(difference ?? "")")
        }
    }

    /// The rows but for where their records stand and what only nights have.
    private func comparable(_ night: Night?) -> [String] {
        let own: Set<String> = [
            "source", "webhookSource", "querySource", "breakId", "breakStanding", "breakAmounts", "breakSince",
            "breakNights", "carriedFrom",
            "answerAgeDays",
        ]
        return (night?.rows ?? []).map { row in
            row.filter { !own.contains($0.key) }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
        }.sorted()
    }

    // MARK: Again, and later

    @Test func theSameDayAgainGivesTheSameReport() async throws {
        let nights = try Nights()
        let orders = [Order("A"), Order("B")]
        _ = try await nights.run("2026-01-10", orders, [Webhook("X")], [Answer("A", 1)], code: 2)
        _ = try await nights.run("2026-01-11", [], [], [Answer("A", 1), Answer("B", 2)])
        let later = try await nights.run("2026-01-12", [], [], [Answer("A", 2)])
        let before = try Self.stable("\(nights.output)/2026-01-11")
        let again = try await nights.run("2026-01-11", [], [], [Answer("A", 1), Answer("B", 2)])
        #expect(try Self.stable(again.folder) == before)
        #expect(again.summary["staleReports"]?.elements.isEmpty == true)
        let other = try await nights.run(
            "2026-01-11", [Order("C")], [], [Answer("A", 1), Answer("B", 2), Answer("C", 1)])
        #expect(other.summary["staleReports"]?.elements.map(\.string) == ["2026-01-12"])
        #expect(other.finished.errorText.contains("the report of 2026-01-12 rests on another end of 2026-01-11"))
        let shown = try await Command.run(["state", "show", nights.state])
        #expect(shown.outputLines.map { $0.contains("stale") } == [false, false, false, true], "\(shown.outputText)")
        // What is opened from a stale report is stale.
        let next = try await nights.run("2026-01-13", [], [], [Answer("A", 2)], code: nil)
        #expect(next.finished.errorText.contains("the report of 2026-01-12 is stale"), "\(next.finished.errorText)")
        // As it was at first, so that later reports rest on it again.
        let back = try await nights.run("2026-01-11", [], [], [Answer("A", 1), Answer("B", 2)])
        #expect(back.summary["staleReports"]?.elements.isEmpty == true, "\(back.finished.errorText)")
        #expect(try await !Command.run(["state", "show", nights.state]).outputText.contains("stale"))
        _ = try await nights.run("2026-01-11", [Order("C")], [], [Answer("A", 1), Answer("B", 2), Answer("C", 1)])
        let anew = try await nights.run("2026-01-12", [], [], [Answer("A", 2), Answer("C", 1)])
        #expect(anew.outcomes.count == 3)
        #expect(later.outcomes.count == 2)
        #expect(anew.summary["staleReports"]?.elements.map(\.string) == ["2026-01-13"])
        _ = try await nights.run("2026-01-13", [], [], [Answer("A", 2), Answer("C", 1)], code: nil)
        let good = try await Command.run(["state", "show", nights.state])
        #expect(!good.outputText.contains("stale"))
    }

    /// The files of a report that do not say when it was made.
    private static func stable(_ folder: String) throws -> [String: [UInt8]] {
        try Files.contents(folder).filter { !["manifest.json", "SHA256SUMS"].contains($0.key) }
    }

    @Test func anAnswerIsUsedAgainForSoManyDays() async throws {
        let nights = try Nights()
        let (orders, options) = ([Order("PAID"), Order("OPEN")], ["--requery-after", "3"])
        _ = try await nights.run("2026-01-10", orders, [], [Answer("PAID", 2), Answer("OPEN", 1)], options)
        for (day, age) in [(11, "1"), (12, "2")] {
            let night = try await nights.run("2026-01-\(day)", orders, [], [Answer("OPEN", 1)], options)
            #expect(night.row("PAID")["outcome"] == "matched")
            #expect(night.row("PAID")["answerAgeDays"] == age)
            #expect(night.row("OPEN")["answerAgeDays"] == "")
            #expect(night.summary["carriedForward"]?["answersUsedAgain"]?.int == 1)
        }
        let asked = try await nights.run("2026-01-13", orders, [], [Answer("OPEN", 1)], options, code: 2)
        // It is asked again, and the failure counts; what is remembered is all that is known.
        #expect(asked.row("PAID")["outcome"] == "matched")
        #expect(asked.row("PAID")["answerAgeDays"] == "3")
        #expect(asked.summary["carriedForward"]?["answersUsedAgain"]?.int == 0)
        #expect(asked.summary["carriedForward"]?["answersOfFailedQueries"]?.int == 1)
        #expect(asked.summary["controls"]?["queries"]?["failed"]?.int == 1)
    }

    @Test func anAnswerThatIsContradictedIsNotUsedAgain() async throws {
        let nights = try Nights()
        let (orders, options) = ([Order("PAID")], ["--requery-after", "9"])
        _ = try await nights.run("2026-01-10", orders, [], [Answer("PAID", 2)], options)
        let told = try await nights.run("2026-01-11", orders, [Webhook("PAID", status: 4)], [], options)
        #expect(told.row("PAID")["exceptions"]?.contains("STATUS_CONFLICT") == true)
        #expect(told.row("PAID")["answerAgeDays"] == "1")
        let next = try await nights.run("2026-01-12", orders, [], [], options, code: 2)
        #expect(next.row("PAID")["exceptions"]?.contains("STATUS_CONFLICT") == true)
        #expect(next.summary["carriedForward"]?["answersUsedAgain"]?.int == 0, "it is asked again")
        #expect(next.summary["carriedForward"]?["answersOfFailedQueries"]?.int == 1)
    }

    @Test func aLiveRunDoesNotAskWhatItKnows() async throws {
        let folder = try TemporaryFolder()
        let arguments =
            ["run"] + Sample.Nightly.inputs + Sample.Nightly.sandbox + [
                "--output", folder / "out", "--state", folder / "state", "--requery-after", "5", "--formats", "csv",
                "--log-level", "debug", "--allow-incomplete",
            ]
        func requests(_ asOf: String) async throws -> Int {
            let finished = try await Command.run(arguments + ["--as-of", asOf])
            #expect(finished.code == 0, "\(finished.errorText)")
            let line = try #require(finished.errorLines.first { $0.contains(" requests in ") })
            return Int(line.split(separator: " ")[0]) ?? -1
        }
        let first = try await requests("2025-09-30")
        let second = try await requests("2025-10-01")
        #expect(second < first / 2, "\(first) requests, then \(second)")
        let journal = try Files.text(folder / "out/2025-10-01/status-journal.jsonl")
        let kept = try Files.text(folder / "out/2025-10-01/carried-answers.jsonl")
        #expect(journal.split(separator: "\n").count + kept.split(separator: "\n").count >= first - 20)
        let former = csvRecords(try Files.read(folder / "out/2025-09-30/reconciliation.csv"))
        let now = csvRecords(try Files.read(folder / "out/2025-10-01/reconciliation.csv"))
        let ended = Dictionary(former.map { ("\($0["orderNo"] ?? "") \($0["refundCode"] ?? "")", $0["outcome"]) }) {
            first, _ in first
        }
        for row in now where row["outcome"] == "matched" {
            #expect(ended["\(row["orderNo"] ?? "") \(row["refundCode"] ?? "")"] == "matched")
        }
    }

    // MARK: Breaks and dispositions

    private func saved(_ night: Night, _ folder: TemporaryFolder, _ decide: (inout [String: String]) -> Void) throws
        -> String
    {
        let columns = ["Order", "Disposition", "Note", "breakId", "breakAmounts"]
        let lines = night.rows.filter { $0["breakId"] != "" }.map { row in
            var entry = [
                "Order": row["orderNo"] ?? "", "breakId": row["breakId"] ?? "",
                "breakAmounts": row["breakAmounts"] ?? "",
            ]
            decide(&entry)
            return columns.map { entry[$0] ?? "" }.joined(separator: ",")
        }
        return try folder.write("sheet.csv", ([columns.joined(separator: ",")] + lines).joined(separator: "\n"))
    }

    @Test func breaksAreNewThenPersistThenAreResolved() async throws {
        let nights = try Nights()
        let paid = [Answer("SHORT", 2, refundBeforeFee: "85.00"), Answer("SLOW", nil)]
        let first = try await nights.run("2026-01-10", [Order("SHORT"), Order("SLOW")], [], paid, code: 2)
        #expect(first.rows.map { $0["breakStanding"] } == ["new", "new"])
        let second = try await nights.run("2026-01-11", [Order("SHORT")], [], paid, code: 2)
        #expect(second.row("SHORT")["breakStanding"] == "persisting")
        #expect(second.row("SHORT")["breakNights"] == "2")
        #expect(second.row("SHORT")["breakSince"] == "2026-01-10")
        #expect(second.row("SHORT")["breakId"] == first.row("SHORT")["breakId"])
        let third = try await nights.run("2026-01-12", [], [Webhook("SLOW")], [Answer("SLOW", 2)])
        #expect(third.row("SLOW")["breakStanding"] == "resolved")
        #expect(third.row("SLOW")["breakNights"] == "2")
        #expect(third.breaks.first { $0["orderNo"] == "SLOW" }?["breakNights"] == "2")
        #expect(
            third.breaks.map { "\($0["orderNo"] ?? "") \($0["breakStanding"] ?? "")" }.sorted() == [
                "SHORT notExamined", "SLOW resolved",
            ])
        #expect(
            [third.breaks("opening"), third.breaks("resolved"), third.breaks("notExamined"), third.breaks("closing")]
                == [2, 1, 1, 1])
    }

    /// An auditor needs no tool of ours for a break's id.
    @Test func aBreakIDIsAHashThatAnyoneCanMake() async throws {
        let nights = try Nights()
        let night = try await nights.run("2026-01-10", [Order("A\u{e9}\\", nil)])
        let made = try await Command.shell(
            "printf '%s' '[\"case\",\"A\u{e9}\\\\\",null,null,null]' | sha256sum | cut -c1-32")
        #expect(night.rows[0]["breakId"] == made.outputText.split(separator: "\n").first.map(String.init))
    }

    @Test func whatIsDecidedComesBackUntilTheAmountsChange() async throws {
        let nights = try Nights()
        let orders = [Order("A"), Order("B"), Order("C")]
        let short = orders.map { Answer($0.orderNo, 2, refundBeforeFee: "85.00") }
        let first = try await nights.run("2026-01-10", orders, [], short)
        let sheet = try saved(first, nights.folder) { entry in
            entry["Disposition"] = ["A": "accepted", "B": "written off", "C": "in progress"][entry["Order"] ?? ""]
            entry["Note"] = "=hm"
        }
        let second = try await nights.run("2026-01-11", orders, [], short, ["--dispositions", sheet])
        #expect(second.rows.map { $0["breakStanding"] } == ["settled", "settled", "persisting"])
        #expect(second.rows.map { $0["disposition"] } == ["accepted", "written off", "in progress"])
        #expect(second.rows[0]["dispositionNote"] == "'=hm")
        #expect(second.breaks("settled") == 2)
        #expect(second.breaks("new") == 0)
        #expect(second.breaks("closing") == 1)
        let changed = [Answer("A", 2, refundBeforeFee: "84.00")] + short.dropFirst()
        let third = try await nights.run("2026-01-12", orders, [], changed, ["--dispositions", sheet])
        #expect(third.rows.map { $0["breakStanding"] } == ["reopened", "settled", "persisting"])
        // Without a store what was decided still comes back; nothing is new or old then.
        let alone = try await Command.run(
            try nights.arguments("2026-01-13", orders, [], changed, state: false) + ["--dispositions", sheet])
        #expect(alone.code == 0)
        let night = try Night("\(nights.output)/2026-01-13", alone)
        #expect(night.rows.map { $0["breakStanding"] } == ["reopened", "settled", "open"])
        #expect(night.rows[0]["breakNights"] == nil)
        #expect(night.summary["rollForward"] == nil)
    }

    @Test func aDispositionOfNoBreakIsToldAndNotDropped() async throws {
        let nights = try Nights()
        let sheet = try nights.folder.write(
            "sheet.csv", "breakId,breakAmounts,Disposition\nfeedfacefeedfacefeedfacefeedface,USD 1,accepted\n")
        let night = try await nights.run("2026-01-10", [], [], [], ["--dispositions", sheet])
        #expect(night.breaks("unknownDispositions") == 1)
        #expect(
            night.breaks.map { [$0["breakId"], $0["breakStanding"], $0["disposition"]] } == [
                ["feedfacefeedfacefeedfacefeedface", "unknown", "accepted"]
            ])
        #expect(night.finished.outputText.contains("a disposition of nothing that is open"))
    }

    // MARK: The store

    @Test func whatIsNoStoreStopsTheRun() async throws {
        let nights = try Nights()
        try nights.folder.write("state.sqlite", String(repeating: "no database ", count: 500))
        let finished = try await Command.run(try nights.arguments("2026-01-10", [Order("A")], [], []))
        #expect(finished.code == 65)
        #expect(finished.errorText.contains("state.sqlite is unusable"))
        #expect(Files.names(nights.output) == [".lock"])
        for command in [["show"], ["export"]] {
            let finished = try await Command.run(["state"] + command + [nights.folder / "missing"])
            #expect(finished.code == 66, "\(finished.errorText)")
        }
        #expect(!Files.exists(nights.folder / "missing"))
    }

    @Test func aFailedRunLeavesTheStoreAsItWas() async throws {
        let nights = try Nights()
        _ = try await nights.run("2026-01-10", [Order("A")], [], [Answer("A", 1)])
        let before = try await Command.run(["state", "export", nights.state])
        let arguments = try nights.arguments("2026-01-11", [Order("B")], [], [])
        let finished = try await Command.run(arguments + ["--orders", nights.folder / "missing.csv"])
        #expect(finished.code == 66)
        let after = try await Command.run(["state", "export", nights.state])
        #expect(after.output == before.output)
        #expect(before.code == 0)
        #expect(Files.names(nights.output) == [".lock", "2026-01-10", "CHAIN"])
    }

    /// An older copy of the store would lose what was open at the end of the nights that it has not.
    @Test func anOlderCopyOfTheStoreIsRefused() async throws {
        let nights = try Nights()
        _ = try await nights.run("2026-01-10", [Order("A")], [], [Answer("A", 1)])
        let copy = try Files.read(nights.state)
        _ = try await nights.run("2026-01-11", [Order("B")], [], [Answer("A", 1), Answer("B", 1)])
        try Files.write(copy, to: nights.state)
        let arguments = try nights.arguments("2026-01-12", [], [], [])
        let refused = try await Command.run(arguments)
        #expect(refused.code == 65)
        #expect(refused.errorText.contains("run 2026-01-11 again first"), "\(refused.errorText)")
        _ = try await nights.run("2026-01-11", [Order("B")], [], [Answer("A", 1), Answer("B", 1)])
        let last = try await nights.run("2026-01-12", [], [], [Answer("A", 1), Answer("B", 1)])
        #expect(last.rows.map { $0["orderNo"] } == ["A", "B"])
    }

    /// What is published in a folder whose volume is not mounted is hidden once it is.
    @Test func aFolderThatHasLostItsReportsIsTold() async throws {
        let nights = try Nights()
        let first = try await nights.run("2026-01-10", [Order("A")], [], [Answer("A", 1)])
        try Files.move(nights.output, to: nights.folder / "mounted elsewhere")
        let second = try await nights.run("2026-01-11", [Order("B")], [], [Answer("A", 1), Answer("B", 1)])
        let third = try await nights.run("2026-01-12", [], [], [Answer("A", 1), Answer("B", 1)])
        let warning = "does not have the report of 2026-01-10"
        let warned = [first, second, third].map { $0.finished.errorText.contains(warning) }
        #expect(warned == [false, true, false])
    }

    @Test func aPersonCanLookAndForget() async throws {
        let nights = try Nights()
        for day in 10...12 { _ = try await nights.run("2026-01-\(day)", [Order("A")], [], [Answer("A", 1)]) }
        let export = try await Command.run(["state", "export", nights.state, "--as-of", "2026-01-11"])
        let lines = try export.outputLines.map { try parsedJSON(Array($0.utf8)) }
        #expect(lines.map { $0["type"]?.string } == ["night", "order"])
        let order = lines.last?["record"]
        #expect(order?["orderNo"]?.string == "A")
        #expect(order?["records"]?.elements.count == 1)
        #expect(order?["openItems"]?.elements.count == 1)
        #expect(order?["answers"]?.elements.count == 1)
        let none = try await Command.run(["state", "export", nights.state, "--as-of", "2026-01-09"])
        #expect(none.code == 66)
        let forgotten = try await Command.run(["state", "forget-before", nights.state, "2026-01-12"])
        #expect(forgotten.outputText == "1 night forgotten\n")
        let shown = try await Command.run(["state", "show", nights.state])
        #expect(shown.outputLines.count == 3)
        #expect(shown.outputText.contains("2026-01-12"))
    }

    @Test(arguments: [["--requery-after", "3"], ["--state", "x", "--requery-after", "-1"]])
    func wrongUsage(options: [String]) async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.run(Sample.Atlas.run(folder / "out") + options)
        #expect(finished.code == 64)
    }
}
