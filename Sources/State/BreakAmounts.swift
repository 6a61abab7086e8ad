import Core

/// What a row comes to, as one exact text that survives a spreadsheet and can be compared:
/// `variance REFUND_SHORT USD 47.32/5.00/2.00/40.32 final USD 47.32/0.00/2.00/37.32`: the outcome of a case; the codes of
/// severity error or warning, joined by `+`; original, penalty, fee and refund, expected and final; `-` for no value.
///
/// Codes of severity info are left out: a redelivery is nothing to decide on again.
public enum BreakAmounts {
    /// - Parameter arena: where the text is kept; nil where equal texts are to share their bytes.
    public static func text(_ row: ResultRow, keptIn arena: TextArena? = nil) -> Text {
        var text: [UInt8] = []
        text.reserveCapacity(128)
        func word(_ word: Text) {
            if !text.isEmpty { text.append(UInt8(ascii: " ")) }
            text.append(word)
        }
        if let outcome = row.outcome { word(outcome.text) }
        var isFirst = true
        for code in row.exceptions where code.severity != .info {
            if isFirst { word(code.text) } else { text.append(UInt8(ascii: "+")); text.append(code.text) }
            isFirst = false
        }
        if let expected = row.expected, let currency = row.currency {
            word(currency.text)
            append(expected.original, expected.penalty, expected.fee, expected.refund, currency, to: &text)
        }
        if let final = row.final, let currency = final.currency {
            word("final")
            word(currency.text)
            append(final.original, final.penalty, final.fee, final.refund, currency, to: &text)
        }
        return text.withUnsafeBufferPointer { Text(borrowing: $0).kept(in: arena) }
    }

    private static func append(
        _ original: Amount?, _ penalty: Amount?, _ fee: Amount?, _ refund: Amount?, _ currency: Currency,
        to text: inout [UInt8]
    ) {
        func append(_ amount: Amount?, _ mark: UInt8) {
            text.append(mark)
            if let amount { text.append(amount, currency) } else { text.append(UInt8(ascii: "-")) }
        }
        append(original, UInt8(ascii: " "))
        append(penalty, UInt8(ascii: "/"))
        append(fee, UInt8(ascii: "/"))
        append(refund, UInt8(ascii: "/"))
    }
}
