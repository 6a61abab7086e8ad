import Memory
import Refunds

extension HTMLReport {
    /// The tables that options add.
    func writeAdditions(_ page: inout HTMLPage) {
        for table in context.additions.tables {
            page.element("<section>\n<h2>", table.title, "</h2>\n")
            if let note = table.note { page.element("<p class=\"note\">", note, "</p>\n") }
            if table.rows.isEmpty {
                page.markup("<p>None.</p>\n")
            } else {
                page.table(table.title, table.header.map { $0.isFigure ? .figures($0.title) : .words($0.title) }) {
                    write(table, &$0)
                }
            }
            Self.end(&page)
        }
    }

    private func write(_ table: ReportTable, _ page: inout HTMLPage) {
        page.markup("<tbody>\n")
        for cells in table.rows {
            page.markup("<tr>")
            for (index, cell) in cells.enumerated() {
                if table.header[index].isFigure {
                    page.figure(cell.shown, isNegative: cell.isNegative)
                } else {
                    page.markup(index == 0 ? "<th scope=\"row\">" : "<td>")
                    page.outside(cell.shown)
                    page.markup(index == 0 ? "</th>" : "</td>")
                }
            }
            page.markup("</tr>\n")
        }
        page.markup("</tbody>\n")
    }
}
