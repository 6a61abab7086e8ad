import XLSX

/// A table as a person sees it, on the page or on a sheet.
struct ShownTable {
    /// Titles of the columns without blanks, in lower case.
    let titles: [String]
    /// The cells of each row; `group` is the heading above it, such as a currency.
    var rows: [(group: String, cells: [String])] = []

    init(titles: [String]) { self.titles = titles.map(Self.plain) }

    static func plain(_ title: String) -> String { title.lowercased().filter { !$0.isWhitespace } }

    func place(_ names: String...) -> Int? { titles.firstIndex { names.contains($0) } }

    /// The cell of a row in a column; empty if there is none.
    func cell(_ row: [String], at place: Int?) -> String {
        place.map { $0 < row.count ? row[$0] : "" } ?? ""
    }
}

/// The tables and the verdict of a page in HTML, taken out tolerantly: tags that are not of tables only end texts.
struct ShownPage {
    private(set) var tables: [ShownTable] = []
    /// The text of the elements whose class begins with `verdict`; nil if there is none.
    private(set) var verdict: String?

    private var row: [String] = []
    private var group = ""
    private var cell: String?
    private var isHead = false
    private var rowHasData = false
    private var verdictTag: String?

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            add(rest[..<open])
            guard let close = rest[open...].firstIndex(of: UInt8(ascii: ">")) else { return }
            tag(String(decoding: rest[(open + 1)..<close], as: UTF8.self))
            rest = rest[(close + 1)...]
        }
    }

    private mutating func add(_ text: ArraySlice<UInt8>) {
        guard cell != nil || verdictTag != nil else { return }
        let decoded = Self.decode(String(decoding: text, as: UTF8.self))
        cell?.append(decoded)
        if verdictTag != nil { verdict?.append(decoded) }
    }

    private mutating func tag(_ text: String) {
        let name = text.prefix { !$0.isWhitespace }.lowercased()
        if verdictTag == nil, text.contains("class=\"verdict") {
            (verdictTag, verdict) = (name, verdict.map { $0 + " " } ?? "")
            return
        }
        if let open = verdictTag, name == "/" + open { verdictTag = nil }
        switch name {
        case "thead": isHead = true
        case "/thead": isHead = false
        case "tr": (row, rowHasData) = ([], false)
        case "td", "th":
            cell = ""
            if name == "td" { rowHasData = true }
        case "/td", "/th":
            row.append((cell ?? "").trimmingBlanks)
            cell = nil
        case "/tr": endRow()
        default:
            // A part of a cell that is set apart, such as a code in small letters.
            if cell != nil { cell?.append(" ") }
            if verdictTag != nil { verdict?.append(" ") }
        }
    }

    private mutating func endRow() {
        if isHead {
            tables.append(ShownTable(titles: row))
            group = ""
        } else if row.count == 1, !rowHasData {
            group = row[0]
        } else if !tables.isEmpty {
            tables[tables.count - 1].rows.append((group, row))
        }
    }

    private static let entities = ["&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&nbsp;": " ", "&amp;": "&"]

    private static func decode(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var result = text
        for (entity, character) in entities where entity != "&amp;" {
            result = result.replacing(entity, with: character)
        }
        return result.replacing("&amp;", with: "&")
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Takes tables from the rows of a sheet: a row that has a known title first begins one.
struct SheetTables {
    private(set) var tables: [ShownTable] = []
    private let firstTitles: Set<String>
    private var lastRow = -1
    private var columns: [Int] = []

    /// - Parameter firstTitles: titles of the first columns of the tables, without blanks, in lower case.
    init(firstTitles: Set<String>) { self.firstTitles = firstTitles }

    mutating func take(_ row: XLSXRow) {
        guard let first = row.cells.first(where: { $0.value != .blank }) else { return }
        if row.cells.count > 1, firstTitles.contains(ShownTable.plain(first.value.characters)) {
            columns = row.cells.filter { $0.value != .blank }.map(\.column)
            tables.append(ShownTable(titles: columns.map { row[$0].characters }))
        } else if !tables.isEmpty {
            // A list of controls goes on after a blank row; any other table ends there.
            if row.number != lastRow + 1, tables[tables.count - 1].place("stated") == nil { columns = [] }
            if !columns.isEmpty {
                tables[tables.count - 1].rows.append(("", columns.map { row[$0].characters }))
            }
        }
        lastRow = row.number
    }
}
