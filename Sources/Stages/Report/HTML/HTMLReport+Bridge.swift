import Memory
import Refunds

extension HTMLReport {
    /// The walk from expected to paid: a waterfall for each currency, and all of them as a table.
    func writeBridge(_ page: inout HTMLPage) {
        Self.begin(
            &page, "bridge", "From expected to final",
            Bridge.note)
        let bridges = context.currencies.map { (currency: $0, bridge: Bridge(context.totals($0))) }
        if bridges.isEmpty {
            page.markup("<p>No amounts.</p>\n")
            return Self.end(&page)
        }
        page.markup("<div class=\"charts\">\n")
        for currency in context.currenciesByCases {
            guard let found = bridges.first(where: { $0.currency == currency }) else { continue }
            WaterfallDrawing(bridge: found.bridge, currency: currency).write(&page)
        }
        page.markup("</div>\n<div class=\"wide\">\n")
        page.table("From expected to final, by currency", [.words("Currency")] + Bridge.names.map { .figures($0) }) {
            page in
            page.markup("<tbody>\n")
            for (currency, bridge) in bridges { Self.writeLine(currency, bridge, &page) }
            page.markup("</tbody>\n")
        }
        page.markup("</div>\n")
        Self.end(&page)
    }

    private static func writeLine(_ currency: Currency, _ bridge: Bridge, _ page: inout HTMLPage) {
        page.markup("<tr>")
        page.rowHeader(currency.code)
        page.figure(bridge.expected.shown(currency), isNegative: bridge.expected.isNegative)
        for step in bridge.steps {
            page.figure(step.change.shownChange(currency), isNegative: step.change.isNegative)
        }
        page.figure(bridge.final.shown(currency), isNegative: bridge.final.isNegative)
        page.markup("</tr>\n")
    }
}

/// A waterfall: one line a step, its bar where the walk stands, its exact amount beside it. Only the bars' places are
/// rounded.
private struct WaterfallDrawing {
    private static let lineHeight = 24
    private static let barHeight = 14
    /// Where the bars begin, and how much room they have.
    private static let barStart = 84
    private static let barRoom = 260

    private struct Line {
        let name: String
        let amount: String
        let from: Int128
        let to: Int128
        let tone: Tone
    }

    private let currency: Currency
    private let lines: [Line]
    private let lowest: Double
    private let span: Double

    init(bridge: Bridge, currency: Currency) {
        self.currency = currency
        let ends = Bridge.names
        var lines = [
            Line(
                name: ends[0], amount: bridge.expected.shown(currency), from: 0, to: bridge.expected.minorUnits,
                tone: .neutral)
        ]
        var level = bridge.expected.minorUnits
        for step in bridge.steps {
            let next = level &+ step.change.minorUnits
            lines.append(
                Line(
                    name: step.name, amount: step.change.shownChange(currency), from: level, to: next,
                    tone: next == level ? .neutral : next < level ? .bad : .good))
            level = next
        }
        lines.append(
            Line(
                name: ends[ends.count - 1], amount: bridge.final.shown(currency), from: 0, to: bridge.final.minorUnits,
                tone: .neutral))
        self.lines = lines
        let levels = lines.flatMap { [Double($0.from), Double($0.to)] }
        lowest = min(0, levels.min() ?? 0)
        span = max(1, max(0, levels.max() ?? 0) - lowest)
    }

    /// How far to the right a level is.
    private func place(_ level: Int128) -> Int {
        Self.barStart + Int(((Double(level) - lowest) / span * Double(Self.barRoom)).rounded())
    }

    func write(_ page: inout HTMLPage) {
        let longest = lines.map(\.amount.utf8.count).max() ?? 0
        let width = Self.barStart + Self.barRoom + 12 + longest * 7
        let height = lines.count * Self.lineHeight
        page.element("<figure><figcaption>", "\(currency)", "</figcaption>\n<svg role=\"img\"")
        page.attribute("width", width)
        page.attribute("height", height)
        page.element(" viewBox=\"0 0 ", "\(width) \(height)", "\">")
        page.element(
            "<title>", "Waterfall from expected to final in \(currency); the table below has its figures", "</title>\n")
        writeAxis(height, &page)
        for (index, line) in lines.enumerated() { write(line, index, width, &page) }
        page.markup("</svg></figure>\n")
    }

    private func writeAxis(_ height: Int, _ page: inout HTMLPage) {
        page.markup("<line class=\"axis\" y1=\"0\"")
        page.attribute("x1", place(0))
        page.attribute("x2", place(0))
        page.attribute("y2", height)
        page.markup("/>\n")
    }

    private func write(_ line: Line, _ index: Int, _ width: Int, _ page: inout HTMLPage) {
        let top = index * Self.lineHeight
        let (left, right) = (min(place(line.from), place(line.to)), max(place(line.from), place(line.to)))
        page.markup("<text x=\"0\"")
        page.attribute("y", top + 16)
        page.element(">", line.name, "</text>")
        page.markup("<rect")
        page.attribute("x", left)
        page.attribute("y", top + (Self.lineHeight - Self.barHeight) / 2)
        // Even nothing is seen, so that the walk goes on through it.
        page.attribute("width", max(1, right - left))
        page.attribute("height", Self.barHeight)
        page.markup(" class=\"")
        page.markup(line.tone.cssClass)
        page.markup("\"/><text class=\"end\"")
        page.attribute("x", width)
        page.attribute("y", top + 16)
        page.element(">", line.amount, "</text>\n")
        // A step leads to the next line from where it ends.
        if index < lines.count - 1 {
            page.markup("<line class=\"step\"")
            page.attribute("x1", place(line.to))
            page.attribute("x2", place(line.to))
            page.attribute("y1", top + (Self.lineHeight + Self.barHeight) / 2)
            page.attribute("y2", top + Self.lineHeight + (Self.lineHeight - Self.barHeight) / 2)
            page.markup("/>\n")
        }
    }
}
