import Memory
import Refunds

/// The decisive values of a row, as one exact text that survives a spreadsheet and can be compared:
/// `variance REFUND_SHORT USD 47.32/5.00/2.00/40.32 final USD 47.32/0.00/2.00/37.32`: the outcome of a case; the codes of
/// severity error or warning, joined by `+`; original, penalty, fee and refund, expected and final; `-` for no value.
///
/// Codes of severity info are left out: a redelivery is nothing to decide on again.
package enum BreakAmounts {
    /// - Parameter arena: where the text is kept; nil where equal texts are to share their bytes.
    package static func text(_ row: ResultRow, keptIn arena: TextArena? = nil) -> Text {
        var scratch = ByteWriter(capacity: 256)
        return text(row, writtenIn: &scratch, keptIn: arena)
    }

    /// - Parameter scratch: its content is lost.
    package static func text(
        _ row: ResultRow, writtenIn scratch: inout ByteWriter, keptIn arena: TextArena?
    ) -> Text {
        scratch.removeAll()
        append(row, to: &scratch)
        return scratch.text(keptIn: arena)
    }

    private static func append(_ row: ResultRow, to text: inout ByteWriter) {
        if let outcome = row.outcome { append(outcome.text, to: &text) }
        var isFirst = true
        for code in row.exceptions where code.severity != .info {
            if isFirst {
                append(code.text, to: &text)
            } else {
                text.append(UInt8(ascii: "+"))
                text.append(code.text)
            }
            isFirst = false
        }
        if let expected = row.expected, let currency = row.currency {
            append(currency.text, to: &text)
            append(expected.original, expected.penalty, expected.fee, expected.refund, currency, to: &text)
        }
        if let final = row.final, let currency = row.finalCurrency {
            append("final", to: &text)
            append(currency.text, to: &text)
            append(final.original, final.penalty, final.fee, final.refund, currency, to: &text)
        }
    }

    private static func append(_ word: Text, to text: inout ByteWriter) {
        if text.count > 0 { text.append(UInt8(ascii: " ")) }
        text.append(word)
    }

    private static func append(
        _ original: Amount?, _ penalty: Amount?, _ fee: Amount?, _ refund: Amount?, _ currency: Currency,
        to text: inout ByteWriter
    ) {
        append(UInt8(ascii: " "), original, currency, to: &text)
        append(UInt8(ascii: "/"), penalty, currency, to: &text)
        append(UInt8(ascii: "/"), fee, currency, to: &text)
        append(UInt8(ascii: "/"), refund, currency, to: &text)
    }

    private static func append(_ mark: UInt8, _ amount: Amount?, _ currency: Currency, to text: inout ByteWriter) {
        text.append(mark)
        if let amount { text.append(amount, currency) } else { text.append(UInt8(ascii: "-")) }
    }
}
