import Memory
import Refunds

extension HTMLReport {
    /// How many carriers of a currency are shown.
    private static let carrierLimit = 10

    /// The carriers with the largest gross variance, by currency: amounts of different currencies cannot be compared.
    func writeCarriers(_ page: inout HTMLPage) {
        Self.begin(
            &page, "carriers", "Carriers with the largest gross variance",
            "Gross is over plus short; net lets them offset each other. At most ten carriers a currency.")
        let found = context.currenciesByCases
            .map { (currency: $0, carriers: highlights.carriers.largest(Self.carrierLimit, in: $0)) }
            .filter { !$0.carriers.isEmpty }
        if found.isEmpty {
            page.markup("<p>No carrier has a variance.</p>\n")
            return Self.end(&page)
        }
        page.table(
            "Refund variances by currency and carrier",
            [.words("Carrier"), .figures("Gross variance"), .figures("Net variance"), .words("To scale")]
        ) { page in
            for (currency, carriers) in found {
                Self.beginGroup(&page, currency.code, columns: 4)
                let most = carriers.first.map { Double($0.sum.gross.minorUnits) } ?? 0
                for (carrier, sum) in carriers {
                    page.markup("<tr><th scope=\"row\">")
                    if carrier.isEmpty { page.markup("(none)") } else { page.outside(carrier.string) }
                    page.markup("</th>")
                    page.figure(sum.gross.shown(currency))
                    page.figure(sum.net.shownChange(currency), isNegative: sum.net.isNegative)
                    page.bar(Double(sum.gross.minorUnits), of: most, .neutral)
                    page.markup("</tr>\n")
                }
                page.markup("</tbody>\n")
            }
        }
        Self.end(&page)
    }

    /// The records that came in, and where they went.
    func writeControls(_ page: inout HTMLPage) {
        Self.begin(&page, "controls", "Control totals", "Everything that came in, and where it went.")
        page.table(
            "Each whole against the sum of its parts",
            [.words("Whole"), .figures("Count"), .words("Parts"), .words("Check")]
        ) { page in
            page.markup("<tbody>\n")
            for equation in context.controls.equations {
                page.markup("<tr>")
                page.rowHeader(equation.whole.name)
                page.figure(grouped(String(equation.whole.count)))
                page.cell(
                    equation.parts.map { "\($0.name) \(grouped(String($0.count)))" }.joined(separator: " + "))
                page.cell(equation.holds ? "balances" : "does not balance")
                page.markup("</tr>\n")
            }
            page.markup("</tbody>\n")
        }
        Self.end(&page)
    }

    /// The bytes that came in.
    func writeInputs(_ page: inout HTMLPage) {
        Self.begin(&page, "inputs", "Inputs")
        page.table(
            "The files that were read",
            [
                .words("File"), .words("Role"), .words("Path"), .figures("Records"), .figures("Bytes"),
                .words("SHA-256"),
            ]
        ) { page in
            page.markup("<tbody>\n")
            for input in context.inputs {
                page.markup("<tr><th scope=\"row\">")
                page.outside(input.name)
                page.markup("</th>")
                page.cell(input.role)
                page.markup("<td>")
                page.outside(input.path, limit: 600)
                page.markup("</td>")
                page.figure(input.figures.map { grouped(String($0.records)) } ?? "")
                page.figure(grouped(String(input.bytes)))
                page.element("<td class=\"hash\">", input.sha256, "</td></tr>\n")
            }
            page.markup("</tbody>\n")
        }
        Self.end(&page)
    }

    /// The files of the report that were written before the page.
    func writeOutputs(_ page: inout HTMLPage) {
        Self.begin(
            &page, "outputs", "Files of this report",
            "Those that were written before this page; manifest.json names all.")
        page.table(
            "The files that were written", [.words("File"), .figures("Records"), .figures("Bytes"), .words("SHA-256")]
        ) { page in
            page.markup("<tbody>\n")
            for output in context.outputs {
                page.markup("<tr>")
                page.rowHeader(output.name)
                page.figure(output.rows.map { grouped(String($0)) } ?? "")
                page.figure(grouped(String(output.bytes)))
                page.element("<td class=\"hash\">", output.sha256, "</td></tr>\n")
            }
            page.markup("</tbody>\n")
        }
        Self.end(&page)
    }

    /// The foot of the page: which run made it, so that a printed page can be tied to its manifest.
    func writeFoot(_ page: inout HTMLPage) {
        page.markup("<footer>\n<p>")
        page.text(
            "Variances are final − expected. The rows that these figures sum up are in the other files of this report.")
        page.markup("</p>\n")
        if let trail = context.trail {
            page.markup("<dl>\n")
            for fact in trail.facts {
                page.element("<dt>", fact.name, "</dt><dd>")
                page.outside(fact.value, limit: 600)
                page.markup("</dd>\n")
            }
            page.markup("</dl>\n")
        }
        page.markup("</footer>\n")
    }
}
