import Files
import Ingest
import Memory
import Refunds
import Testing

/// The Exceptions sheet as a person saves it.
@Suite struct DispositionsFileTests {
    private static let header = "Severity,Order,Disposition,Note,Preparer,Reviewer,Date,breakId,breakAmounts\r\n"

    private func read(_ texts: String...) throws -> [DispositionRow] {
        let folder = try InputFolder()
        return try DispositionsFile.read(
            texts.enumerated().map { try InputBytes(path: try folder.write("sheet\($0).csv", $1)) })
    }

    @Test func rowsThatAPersonHasFilledIn() throws {
        let rows = try read(
            "\u{FEFF}" + Self.header + "error,O1,accepted,\"a \"\"note\"\", long\",AB,CD,2026-01-02,id1,USD 1\r\n"
                + "error,O2,,,,,,id2,USD 2\r\n\r\n" + "error,O3,,only a note,,,,id3,\r\n")
        #expect(rows.map(\.breakID) == ["id1", "id3"])
        #expect(rows.map { $0.place.split(separator: "/").last } == ["sheet0.csv, line 2", "sheet0.csv, line 5"])
        #expect(rows[0].disposition == "accepted")
        #expect(rows[0].note == "a \"note\", long")
        #expect(rows[0].preparer == "AB")
        #expect(rows[0].reviewer == "CD")
        #expect(rows[0].date == "2026-01-02")
        #expect(rows[0].breakAmounts == "USD 1")
        #expect(rows[1].disposition == "")
    }

    @Test func theSameRowTwiceIsOne() throws {
        let row = "error,O1,accepted,,,,,id1,USD 1\r\n"
        #expect(try read(Self.header + row + row).count == 1)
    }

    @Test(
        "what a spreadsheet leaves out or adds beside the table",
        arguments: [
            "breakId,breakAmounts,Disposition,Note,\r\nid1,USD 1,accepted,n,my remark\r\n",
            "breakId,breakAmounts,Disposition,Note,,\r\nid1,USD 1,accepted,n,,\r\n",
            "breakId,breakAmounts,Disposition,Note\r\nid1,USD 1,accepted,n,,my remark\r\n",
            "breakId,breakAmounts,Disposition,Note,Preparer,Reviewer,Date\r\nid1,USD 1,accepted,n\r\n",
            "Order,,breakId,Order,breakAmounts,,Disposition,Note\r\nO1,,id1,O2,USD 1,,accepted,n\r\n",
        ])
    func otherCountsOfFields(text: String) throws {
        let rows = try read(text)
        #expect(
            rows.map { [$0.breakID, $0.breakAmounts, $0.disposition, $0.note] } == [["id1", "USD 1", "accepted", "n"]])
    }

    private static let id = "00112233445566778899aabbccddeeff"
    private static let first = String(id.prefix(16))

    private static func sheet(_ id: String, _ decision: String, amounts: String = "USD 1", note: String = "n") -> String
    {
        "breakId,breakAmounts,Disposition,Note\n\(id),\(amounts),\(decision),\(note)\n"
    }

    private static let agreeing: [([String], [String])] = [
        ([sheet(id, "accepted"), sheet(id, "accepted")], [id]),
        ([sheet(id, "accepted"), sheet(id.uppercased(), "accepted")], [id]),
        ([sheet(id, "accepted"), sheet(first, "accepted")], [id, first]),
        ([sheet(first, "accepted"), sheet(id, "accepted"), sheet(id, "accepted")], [first, id]),
        ([sheet(first, "accepted"), sheet(first.uppercased(), "accepted")], [first]),
        ([sheet(id, "accepted"), sheet(first + first, "written off")], [id, first + first]),
        ([sheet(id, "accepted"), sheet("id1", "written off")], [id, "id1"]),
        ([sheet(id, "accepted"), "breakId,breakAmounts,Disposition\n\(id),USD 2,\n"], [id]),
    ]

    /// Files that say the same of a break, however its id is written, or speak of different ones.
    @Test(arguments: agreeing) func filesThatAgree(texts: [String], ids: [String]) throws {
        let folder = try InputFolder()
        let inputs = try texts.enumerated().map { try InputBytes(path: try folder.write("\($0).csv", $1)) }
        #expect(try DispositionsFile.read(inputs).map(\.breakID) == ids)
    }

    private static let contradicting: [(String, String)] = [
        (sheet(id, "accepted"), sheet(id, "written off")),
        (sheet(id, "accepted"), sheet(id, "accepted", amounts: "USD 2")),
        (sheet(id, "accepted"), sheet(id, "accepted", note: "other")),
        (sheet(id, "accepted"), sheet(id.uppercased(), "in progress")),
        (sheet(id, "accepted"), sheet(first, "in progress")),
        (sheet(first, "accepted"), sheet(id, "in progress")),
        (sheet("id1", "accepted"), sheet("ID1", "in progress")),
    ]

    @Test(arguments: contradicting) func filesThatContradictEachOther(one: String, other: String) throws {
        do {
            _ = try read(one, "breakId,breakAmounts,Disposition\n", other)
            Issue.record("read \(one) and \(other)")
        } catch InputError.unusable(let path, let reason) {
            #expect(path.hasSuffix("sheet2.csv"))
            #expect(reason.contains("sheet0.csv, line 2 and "), "\(reason)")
            #expect(reason.contains("sheet2.csv, line 2 contradict"), "\(reason)")
        }
    }

    @Test(arguments: [
        ("breakId,breakAmounts,Disposition,Note,Note\r\n", "several columns Note"),
        ("breakId,Disposition\r\n", "breakAmounts"),
        ("Severity;Disposition;breakId;breakAmounts\r\n", "breakId"),
        ("", "breakId"),
        (header + "error,O1,accepted,,,,,,USD 1\r\n", "line 2"),
        (
            header + "error,O1,accepted,,,,,id1,USD 1\r\nerror,O1,written off,,,,,id1,USD 1\r\n",
            "sheet0.csv, line 3 contradict"
        ),
        (header + "error,O1,accepted\r\n", "line 2"),
        (header + "error,O1,closed,,,,,id1,USD 1\r\n", "line 2: closed without a Note"),
        (header + "error,O1,closed, ,AB,,,id1,USD 1\r\n", "line 2: closed without a Note"),
        (header + "error,O1,acc\"epted,,,,,id1,USD 1\r\n", "line 2"),
    ]) func whatCannotBeReliedOnIsUnusable(text: String, place: String) throws {
        do {
            _ = try read(text)
            Issue.record("read \(text)")
        } catch InputError.unusable(_, let reason) { #expect(reason.contains(place), "\(reason)") }
    }
}
