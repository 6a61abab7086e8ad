import Memory
import Refunds

extension HTMLReport {
    /// How often each code occurs, and its meaning.
    func writeCodes(_ page: inout HTMLPage) {
        Self.begin(&page, "codes", "Exceptions by code")
        let found = ExceptionCode.allCases.filter { context.summary.exceptions[$0, default: 0] > 0 }
        if found.isEmpty {
            page.markup("<p>There are none.</p>\n")
        } else {
            page.table(
                "Rows by exception; a row may have several",
                [.words("Exception"), .words("Severity"), .figures("Rows")]
            ) { page in
                page.markup("<tbody>\n")
                for code in found {
                    page.markup("<tr>")
                    page.element("<th scope=\"row\" class=\"words\">", code.entry.meaning, "")
                    page.element("<span class=\"small\">", code.rawValue, "</span></th><td>")
                    Self.writeChip(code.severity, &page)
                    page.markup("</td>")
                    page.figure(grouped(String(context.summary.exceptions[code, default: 0])))
                    page.markup("</tr>\n")
                }
                page.markup("</tbody>\n")
            }
        }
        Self.end(&page)
    }

    private static func writeChip(_ severity: Severity, _ page: inout HTMLPage) {
        page.markup("<span class=\"chip ")
        page.markup(Tone(severity).cssClass)
        page.element("\">", severity.rawValue, "</span>")
    }

    /// The largest exceptions, in plain words.
    func writeLargest(_ page: inout HTMLPage) {
        let rows = highlights.exceptions.largest
        let all = highlights.exceptions.offered
        Self.begin(
            &page, "largest", all > rows.count ? "The \(rows.count) largest exceptions" : "Exceptions",
            all > rows.count
                ? "Of \(grouped(String(all))) rows with an error or a warning, the largest of each currency in turn, by "
                    + "refund variance or amount at risk. All are in exceptions.csv and in the workbook."
                : nil)
        if rows.isEmpty {
            page.markup("<p>No row has an error or a warning.</p>\n")
            return Self.end(&page)
        }
        page.markup("<div class=\"wide\">\n")
        page.table(
            "Rows with an error or a warning, by currency and size",
            [
                .words("Order"), .words("What happened"), .figures("Variance"), .figures("Expected"),
                .figures("Final"), .words("Source"),
            ]
        ) { page in
            var start = 0
            while start < rows.count {
                let end = rows[start...].firstIndex { $0.currency != rows[start].currency } ?? rows.count
                Self.beginGroup(&page, rows[start].currency?.code ?? "No currency", columns: 6)
                for row in rows[start..<end] { write(row, &page) }
                page.markup("</tbody>\n")
                start = end
            }
        }
        page.markup("</div>\n")
        Self.end(&page)
    }

    private func write(_ row: ResultRow, _ page: inout HTMLPage) {
        page.markup("<tr><th scope=\"row\"><span class=\"id\">")
        if let order = row.orderNo { page.outside(order.string) } else { page.markup("no order number") }
        page.markup("</span>")
        let others = [row.refundCode, row.airlinePNR, row.carrier].compactMap { $0?.string }
        if !others.isEmpty { page.markup("<span class=\"small\">") }
        for (index, text) in others.enumerated() {
            if index > 0 { page.markup(" · ") }
            page.outside(text)
        }
        if !others.isEmpty { page.markup("</span>") }
        page.markup("</th><td class=\"what\">")
        Self.writeChip(row.exceptions.contains(Severity.error) ? .error : .warning, &page)
        page.outside(ExceptionWording.sentence(row), limit: 600)
        page.element(
            "<span class=\"small\">", row.exceptions.map(\.rawValue).joined(separator: " · "), "</span></td>")
        page.change(row.variances.refund, row.currency)
        page.amount(row.expected?.refund, row.currency)
        page.amount(row.final?.refund, row.finalCurrency, isForeign: row.finalCurrency != row.currency)
        page.markup("<td><span class=\"small\">")
        page.outside(row.source.text(context.fileNames))
        page.markup("</span></td></tr>\n")
    }
}

extension HTMLPage {
    /// An amount, with its currency's code if that is not the group's; nothing where it is not known.
    fileprivate mutating func amount(_ amount: Amount?, _ currency: Currency?, isForeign: Bool = false) {
        guard let amount, let currency else { return figure("") }
        figure(amount.shown(currency) + (isForeign ? " \(currency)" : ""), isNegative: amount.isNegative)
    }

    /// An amount that changes another, with its sign.
    fileprivate mutating func change(_ amount: Amount?, _ currency: Currency?) {
        guard let amount, let currency else { return figure("") }
        figure(Total(amount).shownChange(currency), isNegative: amount.isNegative)
    }
}
