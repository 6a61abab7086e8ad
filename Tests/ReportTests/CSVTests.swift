import Memory
import Refunds
import Schema
import TestSupport
import Testing
@testable import Report

/// FORMATS.md, "reconciliation.csv".
@Suite struct CSVTests {
    @Test func header() {
        #expect(csvHeader() == columnNames + "\r\n")
    }

    @Test func everyColumn() {
        #expect(
            csvLine(fullRow(currency("USD"))) == """
                case,ORDER1,CODE1,PNR001,FR,vcc,USD,overdue,REFUND_SHORT;OVERDUE_REFUND;DUPLICATE_ORDER,3,query,webhook,\
                0.25,0.02,0.03,0.04,0.05,0.06,-0.07,-0.08,0.09,0.10,0.11,0.12,-0.13,-0.14,0.00,\
                2026-01-01,2026-01-02,2026-01-03,31,31-60,why,2,2026-02-01T00:00:00Z,orders.csv:7,\
                USD,webhooks.jsonl:2,status-journal.jsonl:4\r\n
                """)
    }

    @Test func noValueIsAnEmptyField() {
        #expect(csvLine(emptyRow()) == "case" + String(repeating: ",", count: 33) + "0,,orders.csv:1,,,\r\n")
    }

    @Test(arguments: [
        ("JPY", "25,2,3,4,5,6,-7,-8,9,10,11,12,-13,-14,0"),
        ("KWD", "0.025,0.002,0.003,0.004,0.005,0.006,-0.007,-0.008,0.009,0.010,0.011,0.012,-0.013,-0.014,0.000"),
        (
            "CLF",
            "0.0025,0.0002,0.0003,0.0004,0.0005,0.0006,-0.0007,-0.0008,0.0009,0.0010,0.0011,0.0012,-0.0013,-0.0014,0.0000"
        ),
    ]) func minorDigits(code: String, amounts: String) {
        #expect(csvLine(fullRow(currency(code))).contains(",query,webhook,\(amounts),2026-01-01,"))
    }

    @Test(
        arguments: [
            ("USD", 3732, "37.32"), ("JPY", 1200, "1200"), ("KWD", 1250, "1.250"), ("CLF", -5, "-0.0005"),
            ("USD", -100, "-1.00"), ("JPY", 0, "0"), ("USD", 0, "0.00"), ("JPY", -7, "-7"),
            ("USD", 1_000_000_000_000_000_000, "10000000000000000.00"),
        ] as [(String, Int64, String)]) func amounts(code: String, minorUnits: Int64, text: String)
    {
        var row = emptyRow()
        row.currency = currency(code)
        row.variances.refund = money(minorUnits)
        let fields = csvLine(row).split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields[25] == text)
    }

    /// The final side is shown in its own currency's digits, the expected one in the case's.
    @Test func twoCurrencies() {
        var row = fullRow(currency("USD"))
        row.variances = Amounts()
        row.finalCurrency = currency("KWD")
        let fields = csvLine(row).split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields[6] == "USD")
        #expect(fields[23] == "0.12")
        #expect(fields[24] == "-0.013")
        #expect(fields[26] == "0.000")
        #expect(fields[25] == "")
    }

    /// Neither an orphan nor an unrecorded refund has variances; their final amounts are shown.
    @Test(arguments: [RowType.orphanWebhook, .unrecordedRefund]) func rowsWithoutACase(_ type: RowType) {
        var row = ResultRow(type, source: SourceLine(file: 1, line: 2))
        row.orderNo = "O"
        row.currency = currency("USD")
        row.final = fullRow(currency("USD")).final
        row.finalCurrency = row.currency
        let fields = csvLine(row).split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields[0] == type.rawValue)
        #expect(fields[24] == "-0.13")
        #expect(fields[25] == "")
        #expect(fields[26] == "")
    }

    // MARK: Text from outside

    /// What is written for a text of outside that came as this.
    static let texts: [(String, String)] = [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\""),
        ("a\rb", "\"a\rb\""), ("a\r\nb", "\"a\r\nb\""), ("a;b", "a;b"), (" a ", " a "), ("'", "'"),
        ("é漢🙂", "é漢🙂"), ("=1+1", "'=1+1"), ("+44", "'+44"), ("-5", "'-5"), ("@x", "'@x"), ("\tx", "'\tx"),
        ("\rx", "\"'\rx\""), ("\nx", "\"\nx\""), ("=a,b", "\"'=a,b\""), ("=\"x\"", "\"'=\"\"x\"\"\""),
        ("a=b", "a=b"), ("1-2", "1-2"), ("'=1", "'=1"), ("=", "'="), ("\u{FEFF}=1", "\u{FEFF}=1"),
    ]

    @Test(arguments: texts) func outsideText(text: String, written: String) {
        let columns: [WritableKeyPath<ResultRow, Text?>] = [
            \.orderNo, \.refundCode, \.airlinePNR, \.carrier, \.cancelReason, \.queriedAt,
        ]
        let bare = Array(csvLine(emptyRow()).utf8)
        for (column, place) in zip(columns, [1, 2, 3, 4, 32, 34]) {
            var row = emptyRow()
            row[keyPath: column] = Text(text)
            var before = 0
            var commas = 0
            while commas < place {
                if bare[before] == UInt8(ascii: ",") { commas += 1 }
                before += 1
            }
            #expect(Array(csvLine(row).utf8) == bare[..<before] + Array(written.utf8) + bare[before...])
        }
    }

    @Test(arguments: texts) func source(text: String, written: String) {
        let line = Array(csvLine(emptyRow(), [text]).utf8)
        let place =
            written.hasSuffix("\"") && written.utf8.count > 1 ? String(written.dropLast()) + ":1\"" : written + ":1"
        #expect(line.suffix(place.utf8.count + 5) == Array((place + ",,,\r\n").utf8)[...])
    }

    /// The fields of one record, by RFC 4180; nil if it is none.
    private func fields(_ record: [UInt8]) -> [[UInt8]]? {
        let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        guard record.suffix(2) == [0x0D, 0x0A] else { return nil }
        let bytes = record.dropLast(2)
        var fields: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count {
            if bytes[index] == quote, fields[fields.count - 1].isEmpty {
                index += 1
                while index < bytes.count,
                    bytes[index] != quote || (index + 1 < bytes.count && bytes[index + 1] == quote)
                {
                    if bytes[index] == quote { index += 1 }
                    fields[fields.count - 1].append(bytes[index])
                    index += 1
                }
                guard index < bytes.count else { return nil }
                index += 1
                guard index == bytes.count || bytes[index] == comma else { return nil }
            } else if bytes[index] == comma {
                fields.append([])
                index += 1
            } else {
                guard ![quote, 0x0D, 0x0A].contains(bytes[index]) else { return nil }
                fields[fields.count - 1].append(bytes[index])
                index += 1
            }
        }
        return fields
    }

    /// Every text of up to four characters of these comes back, and none begins as a formula does.
    @Test func everyShortNastyTextComesBack() {
        let alphabet = ["a", "=", "-", "'", "\"", ",", "\r", "\n", "\t", " "]
        var texts = [""]
        for length in 0..<4 {
            texts += texts.filter { $0.unicodeScalars.count == length }.flatMap { text in alphabet.map { text + $0 } }
        }
        #expect(texts.count == 11_111)
        for text in texts {
            var row = emptyRow()
            row.refundCode = Text(text)
            row.cancelReason = Text(text)
            let read = fields(Array(csvLine(row).utf8))
            let isFormula = text.utf8.first.map { "=-\r\t".utf8.contains($0) } ?? false
            let written = Array(((isFormula ? "'" : "") + text).utf8)
            if read?.count != ReportColumns.contract.count || read?[2] != written || read?[32] != written {
                Issue.record("\(text.debugDescription) came back as \(csvLine(row).debugDescription)")
                return
            }
        }
    }

    // MARK: rejects.csv

    private func rejects(_ rejects: Reject..., files: [String] = reportFiles) -> [UInt8] {
        RejectsRenderer(fileNames: files).render(rejects)
    }

    @Test func rejectsFile() {
        #expect(rejects() == Array("file,line,code,message,raw,field,orderNo\r\n".utf8))
        let two = rejects(
            Reject(
                source: SourceLine(file: 0, line: 3), code: .badAmount, message: "fee", raw: Array("a,b".utf8),
                field: "transactionFee", orderNo: "A1"),
            Reject(source: SourceLine(file: 2, line: 1), code: .badJSON, message: "no JSON", raw: Array("{\"".utf8)))
        #expect(
            String(decoding: two, as: UTF8.self)
                == "file,line,code,message,raw,field,orderNo\r\n"
                + "orders.csv,3,bad-amount,fee,\"a,b\",transactionFee,A1\r\n"
                + "status-journal.jsonl,1,bad-json,no JSON,\"{\"\"\",,\r\n")
    }

    @Test func rejectsNeutraliseFileMessageAndRaw() {
        let bytes = rejects(
            Reject(
                source: SourceLine(file: 0, line: 1), code: .badCSV, message: "-m", raw: Array("=r".utf8),
                orderNo: "+1"),
            files: ["@f.csv"])
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n'@f.csv,1,bad-csv,'-m,'=r,,'+1\r\n"))
    }

    /// rejects.csv is UTF-8 whatever was refused: what is not is shown by U+FFFD.
    @Test func rejectsThatAreNoUTF8() {
        let bytes = rejects(
            Reject(source: SourceLine(file: 0, line: 1), code: .badUTF8, message: "m", raw: [0x61, 0xFF, 0x2C, 0xC3]))
        #expect(String(validating: bytes, as: UTF8.self)?.hasSuffix(",bad-utf8,m,\"a\u{FFFD},\u{FFFD}\",,\r\n") == true)
        let empty = rejects(Reject(source: SourceLine(file: 0, line: 1), code: .missingKey, message: "", raw: []))
        #expect(String(decoding: empty, as: UTF8.self).hasSuffix("\r\norders.csv,1,missing-key,,,,\r\n"))
    }

    @Test func rejectCodesAreTheContracts() {
        let codes = """
            bad-csv bad-json bad-utf8 line-too-long duplicate-key missing-field missing-key missing-expected-penalty \
            bad-amount amount-precision amount-range negative-amount bad-currency bad-date bad-boolean bad-enum \
            api-status conflicting-order bad-status
            """.split(separator: " ").map(String.init)
        #expect(Set(RejectCode.allCases.map(\.rawValue)) == Set(codes))
    }
}
