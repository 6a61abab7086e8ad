import Memory
import Refunds

/// A table in plain text, its columns as wide as they need to be. Where they are wider than a line together, they go on in
/// a second table below the first, which repeats the first column: no figure is ever cut and none leaves its column.
struct TextTable {
    /// A column's title and alignment.
    struct Column {
        let title: String
        let isFigure: Bool

        static func words(_ title: String) -> Column { Column(title: title, isFigure: false) }
        static func figures(_ title: String) -> Column { Column(title: title, isFigure: true) }
    }

    private static let gap = 2

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; it has as many cells as there are columns.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, at most `width` columns wide unless the first column and one other need more.
    func lines(width: Int) -> [String] {
        let widths = columns.indices.map { index in
            (rows.map { VisibleText.width($0[index]) } + [VisibleText.width(columns[index].title)]).max() ?? 0
        }
        return bands(widths, width).enumerated().flatMap { number, band in
            (number > 0 ? [""] : []) + lines(band, widths)
        }
    }

    /// The first column of each group of columns.
    private func bands(_ widths: [Int], _ width: Int) -> [[Int]] {
        var bands: [[Int]] = []
        var band = [0]
        var used = widths[0]
        for index in columns.indices.dropFirst() {
            let needed = Self.gap + widths[index]
            if band.count > 1, used + needed > width {
                bands.append(band)
                band = [0]
                used = widths[0]
            }
            band.append(index)
            used += needed
        }
        return bands + [band]
    }

    private func lines(_ band: [Int], _ widths: [Int]) -> [String] {
        ([columns.map(\.title)] + rows).map { cells in
            var line = ""
            for (position, index) in band.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - VisibleText.width(cells[index]))
                let cell = columns[index].isFigure ? padding + cells[index] : cells[index] + padding
                line += (position > 0 ? String(repeating: " ", count: Self.gap) : "") + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// A text broken between words into lines of at most `width` columns; a word that is longer has a line of its own.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if VisibleText.width(line) + 1 + VisibleText.width(String(word)) <= width {
                line += " \(word)"
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + (line.isEmpty ? [] : [line])
    }
}
