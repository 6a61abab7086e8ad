import Bytes
import Core
import Ingest
import Testing

/// The Exceptions sheet as a person saves it.
@Suite struct DispositionsFileTests {
    private static let header = "Severity,Order,Disposition,Note,Preparer,Reviewer,Date,breakId,breakAmounts\r\n"

    private func read(_ text: String) throws -> [DispositionRow] {
        let folder = try InputFolder()
        return try DispositionsFile.read(try InputBytes(path: try folder.write("sheet.csv", text)))
    }

    @Test func rowsThatAPersonHasFilledIn() throws {
        let rows = try read(
            "\u{FEFF}" + Self.header + "error,O1,accepted,\"a \"\"note\"\", long\",AB,CD,2026-01-02,id1,USD 1\r\n"
                + "error,O2,,,,,,id2,USD 2\r\n\r\n" + "error,O3,,only a note,,,,id3,\r\n")
        #expect(rows.map(\.breakId) == ["id1", "id3"] && rows.map(\.line) == [2, 5])
        #expect(rows[0].disposition == "accepted" && rows[0].note == "a \"note\", long")
        #expect(rows[0].preparer == "AB" && rows[0].reviewer == "CD" && rows[0].date == "2026-01-02")
        #expect(rows[0].breakAmounts == "USD 1" && rows[1].disposition == "")
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
            rows.map { [$0.breakId, $0.breakAmounts, $0.disposition, $0.note] } == [["id1", "USD 1", "accepted", "n"]])
    }

    @Test(arguments: [
        ("breakId,breakAmounts,Disposition,Note,Note\r\n", "several columns Note"),
        ("breakId,Disposition\r\n", "breakAmounts"),
        ("Severity;Disposition;breakId;breakAmounts\r\n", "breakId"),
        ("", "breakId"),
        (header + "error,O1,accepted,,,,,,USD 1\r\n", "line 2"),
        (header + "error,O1,accepted,,,,,id1,USD 1\r\nerror,O1,written off,,,,,id1,USD 1\r\n", "lines 2 and 3"),
        (header + "error,O1,accepted\r\n", "line 2"),
        (header + "error,O1,acc\"epted,,,,,id1,USD 1\r\n", "line 2"),
    ]) func whatCannotBeReliedOnIsUnusable(text: String, place: String) throws {
        do {
            _ = try read(text)
            Issue.record("read \(text)")
        } catch InputError.unusable(_, let reason) { #expect(reason.contains(place), "\(reason)") }
    }
}
