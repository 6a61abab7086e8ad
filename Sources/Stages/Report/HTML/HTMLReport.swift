import Memory
import Refunds

/// Writes `report.html`: one page for a person, that needs nothing but itself: no network, no script, one style sheet that
/// its Content-Security-Policy names by hash. Amounts are exact; only the length of a bar is not.
///
/// The same context and rows give the same bytes.
package struct HTMLReport: Sendable {
    let context: ReportContext
    private(set) var highlights: Highlights

    /// - Parameters:
    ///   - context: complete: the summary, the controls and the rejects are known.
    ///   - highlights: those of rows that were gathered elsewhere; with them no row need be added.
    package init(_ context: ReportContext, _ highlights: Highlights = Highlights()) {
        self.context = context
        self.highlights = highlights
    }

    /// Adds a row, in the report's order; rows that the page does not show are not kept.
    package mutating func add(_ row: ResultRow) { highlights.add(row) }

    /// The page, in UTF-8.
    package func render() -> [UInt8] {
        var page = HTMLPage()
        writeHead(&page)
        page.markup("<body>\n<header>\n<h1>Refund reconciliation</h1>\n")
        writeVerdict(&page)
        writeFacts(&page)
        page.markup("</header>\n")
        Self.writeContents(&page)
        page.markup("<main>\n")
        writeCurrencies(&page)
        writeAdditions(&page)
        page.markup("<div class=\"pair\">\n")
        writeOutcomes(&page)
        writeAgeing(&page)
        page.markup("</div>\n")
        writeBridge(&page)
        writeCodes(&page)
        writeLargest(&page)
        writeCarriers(&page)
        writeControls(&page)
        writeInputs(&page)
        writeOutputs(&page)
        page.markup("</main>\n")
        writeFoot(&page)
        page.markup("</body>\n</html>\n")
        return page.bytes
    }

    private func writeHead(_ page: inout HTMLPage) {
        page.markup(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-
            """)
        page.markup(HTMLStyle.hash)
        page.markup(
            """
            '; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="robots" content="noindex">

            """)
        page.element("<title>", "Refund reconciliation as of \(context.asOf)", "</title>\n<style>")
        page.markup(HTMLStyle.sheet)
        page.markup("</style>\n</head>\n")
    }

    private func writeVerdict(_ page: inout HTMLPage) {
        for part in VerdictText(context).parts {
            page.markup("<p class=\"verdict ")
            page.markup(part.tone.cssClass)
            page.element("\"><strong>", part.word, "</strong> ")
            page.element("<span>", part.detail, "</span></p>\n")
        }
    }

    private func writeFacts(_ page: inout HTMLPage) {
        page.element("<dl>\n<dt>As of</dt><dd>", context.asOf.description, "</dd>\n<dt>Statuses from</dt><dd>")
        page.outside(context.statusSource, limit: 500)
        page.element("</dd>\n<dt>Control totals</dt><dd>", balance, "</dd>\n")
        page.element("<dt>Tolerances</dt><dd>", tolerances, "</dd>\n<dt>Tool version</dt><dd>")
        page.outside(context.toolVersion)
        page.markup("</dd>\n</dl>\n")
    }

    private var balance: String {
        let failing = context.controls.equations.count { !$0.holds }
        return failing == 0 ? "all balance" : "\(failing) do not balance"
    }

    private var tolerances: String {
        let given = context.tolerances.given.map { "\($0.amount.shown($0.currency)) \($0.currency)" }
        return given.isEmpty ? "none" : given.joined(separator: ", ") + "; none in other currencies"
    }

    private static func writeContents(_ page: inout HTMLPage) {
        page.markup(
            """
            <nav aria-label="Contents"><ul>
            <li><a href="#currencies">By currency</a></li>
            <li><a href="#outcomes">Outcomes</a></li>
            <li><a href="#ageing">Ageing</a></li>
            <li><a href="#bridge">Expected to final</a></li>
            <li><a href="#codes">Exceptions</a></li>
            <li><a href="#largest">Largest exceptions</a></li>
            <li><a href="#carriers">Carriers</a></li>
            <li><a href="#controls">Control totals</a></li>
            <li><a href="#inputs">Inputs</a></li>
            <li><a href="#outputs">Files</a></li>
            </ul></nav>

            """)
    }

    /// Begins a section; its parts follow, and `</section>`.
    static func begin(_ page: inout HTMLPage, _ id: StaticString, _ title: String, _ note: String? = nil) {
        page.markup("<section id=\"")
        page.markup(id)
        page.markup("\" aria-labelledby=\"")
        page.markup(id)
        page.markup("-title\">\n<h2 id=\"")
        page.markup(id)
        page.element("-title\">", title, "</h2>\n")
        if let note { page.element("<p class=\"note\">", note, "</p>\n") }
    }

    static func end(_ page: inout HTMLPage) { page.markup("</section>\n") }
}
