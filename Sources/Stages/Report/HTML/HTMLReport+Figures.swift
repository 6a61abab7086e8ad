import Memory
import Refunds

extension HTMLReport {
    /// The summary of every currency.
    func writeCurrencies(_ page: inout HTMLPage) {
        Self.begin(&page, "currencies", "By currency")
        if context.currencies.isEmpty { page.markup("<p>No amounts.</p>\n") }
        let titles = ["Expected refund", "Final refund", "Net variance", "Short", "Over", "At risk", "In progress"]
        if !context.currencies.isEmpty {
            page.markup("<div class=\"wide\">\n")
            page.table(
                "Refunds of all cases",
                [.words("Currency"), .figures("Cases")] + titles.map { .figures($0) }
            ) { page in
                page.markup("<tbody>\n")
                for currency in context.currencies { writeLine(currency, &page) }
                page.markup("</tbody>\n")
            }
            page.markup("</div>\n")
        }
        Self.end(&page)
    }

    private func writeLine(_ currency: Currency, _ page: inout HTMLPage) {
        let totals = context.totals(currency)
        page.markup("<tr>")
        page.rowHeader(currency.code)
        page.figure(grouped(String(context.caseCount(currency))))
        for total in [totals.expected.refund, totals.final.refund] {
            page.figure(total.shown(currency), isNegative: total.isNegative)
        }
        page.figure(totals.variance.refund.shownChange(currency), isNegative: totals.variance.refund.isNegative)
        page.figure(totals.short.shown(currency), isNegative: totals.short.isNegative)
        for total in [totals.over, totals.atRisk, totals.inProgress] {
            page.figure(total.shown(currency), isNegative: total.isNegative)
        }
        page.markup("</tr>\n")
    }

    /// How the cases ended.
    func writeOutcomes(_ page: inout HTMLPage) {
        Self.begin(&page, "outcomes", "Outcomes")
        page.table(
            "Cases by outcome", [.words("Outcome"), .words("Meaning"), .figures("Cases"), .words("Share")]
        ) { page in
            page.markup("<tbody>\n")
            for outcome in Outcome.allCases.reversed() {
                let count = context.summary.cases[outcome, default: 0]
                page.markup("<tr>")
                page.rowHeader(outcome.rawValue)
                page.cell(outcome.entry.meaning)
                page.figure(grouped(String(count)))
                page.bar(Double(count), of: Double(context.caseCount), outcome.entry.tone)
                page.markup("</tr>\n")
            }
            page.element(
                "<tr class=\"sum\"><th scope=\"row\">all</th><td></td><td class=\"n\">",
                grouped(String(context.caseCount)), "</td><td></td></tr>\n</tbody>\n")
        }
        Self.end(&page)
    }

    /// How old the requests are of refunds that are in progress or overdue.
    func writeAgeing(_ page: inout HTMLPage) {
        Self.begin(&page, "ageing", "In progress or overdue, by age")
        if context.summary.ageing.isEmpty {
            page.markup("<p>No refund is in progress or overdue.</p>\n")
        } else {
            let most = context.summary.ageing.values.map(\.cases).max() ?? 0
            page.table(
                "By days since the request",
                [.words("Days"), .figures("Cases"), .figures("Expected refund"), .words("To scale")]
            ) { page in
                for currency in context.currencies { writeAgeing(currency, most, &page) }
            }
        }
        Self.end(&page)
    }

    private func writeAgeing(_ currency: Currency, _ most: Int, _ page: inout HTMLPage) {
        let found = AgeBucket.allCases.compactMap { bucket in
            context.summary.ageing[CurrencyBucket(currency: currency, bucket: bucket)].map { (bucket, $0) }
        }
        if found.isEmpty { return }
        Self.beginGroup(&page, currency.code, columns: 4)
        for (bucket, sums) in found {
            page.markup("<tr>")
            page.rowHeader(bucket.rawValue)
            page.figure(grouped(String(sums.cases)))
            page.figure(sums.expectedRefund.shown(currency), isNegative: sums.expectedRefund.isNegative)
            page.bar(Double(sums.cases), of: Double(most), bucket == .upTo7 || bucket == .upTo30 ? .neutral : .wait)
            page.markup("</tr>\n")
        }
        page.markup("</tbody>\n")
    }

    /// Begins a group of rows with its heading; `</tbody>` ends it.
    static func beginGroup(_ page: inout HTMLPage, _ name: String, columns: Int) {
        page.markup("<tbody>\n<tr><th scope=\"rowgroup\"")
        page.attribute("colspan", columns)
        page.element(">", name, "</th></tr>\n")
    }
}
