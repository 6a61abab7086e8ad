import Memory

/// A worksheet's part: rows of cells.
final class SheetHandler: XMLHandler {
    private let part: String
    private let shared: [String]
    private let limits: XLSXLimits
    private let body: (XLSXRow) -> Bool
    /// Whether the caller wants no more rows.
    private(set) var isDone = false
    private var row = XLSXRow()
    private var column = -1
    private var type = ""
    private var collector = StringCollector()
    private var value: [UInt8] = []
    private var isValue = false
    private var isInline = false
    private var hasValue = false

    /// Excel's own limits.
    private static let mostRows = 1_048_576
    private static let mostColumns = 16_384

    init(_ part: String, _ shared: [String], _ limits: XLSXLimits, _ body: @escaping (XLSXRow) -> Bool) {
        self.part = part
        self.shared = shared
        self.limits = limits
        self.body = body
    }

    private func error(_ reason: String) -> XLSXError { .xml(part: part, line: row.number, reason: reason) }

    func start(_ name: borrowing XMLName, _ attributes: borrowing XMLAttributes) throws(XLSXError) {
        if isDone { return }
        switch name {
        case "row": try startRow(attributes)
        case "c": try startCell(attributes)
        case "f": row.hasFormula = true
        case "v":
            isValue = true
            hasValue = true
        case "is":
            isInline = true
            hasValue = true
            collector.begin()
        default: if isInline { collector.start(name) }
        }
    }

    private func startRow(_ attributes: borrowing XMLAttributes) throws(XLSXError) {
        var number = row.number + 1
        if let stated = attributes["r"] {
            guard let given = Int(stated), given > row.number else { throw error("rows are out of order") }
            number = given
        }
        if number > Self.mostRows { throw error("it has a row \(number)") }
        row.number = number
        row.cells.removeAll(keepingCapacity: true)
        row.hasFormula = false
        column = -1
    }

    private func startCell(_ attributes: borrowing XMLAttributes) throws(XLSXError) {
        var place = column + 1
        if let reference = attributes["r"] {
            guard let given = Self.column(reference), given > column else { throw error("cells are out of order") }
            place = given
        }
        if place >= Self.mostColumns { throw error("it has a column \(place + 1)") }
        column = place
        type = attributes["t"] ?? "n"
        value.removeAll(keepingCapacity: true)
        hasValue = false
    }

    /// The column of `B7`, from 0.
    private static func column(_ reference: String) -> Int? {
        var column = 0
        for byte in reference.utf8 {
            guard case UInt8(ascii: "A")...UInt8(ascii: "Z") = byte else { break }
            column = column * 26 + Int(byte - UInt8(ascii: "A")) + 1
            if column > mostColumns { return nil }
        }
        return column == 0 ? nil : column - 1
    }

    func end(_ name: borrowing XMLName) throws(XLSXError) {
        if isDone { return }
        switch name {
        case "v": isValue = false
        case "is": isInline = false
        case "c": if hasValue { row.cells.append((column, try cellValue())) }
        case "row": isDone = !body(row)
        default: if isInline { collector.end(name) }
        }
    }

    func text(_ bytes: Span<UInt8>) throws(XLSXError) {
        if isInline { return try collector.add(bytes, limits) }
        guard isValue else { return }
        if value.count + bytes.count > limits.cellBytes { throw .tooLarge("a text of over \(limits.cellBytes) bytes") }
        value.append(contentsOf: bytes)
    }

    private func cellValue() throws(XLSXError) -> XLSXValue {
        let text = String(decoding: value, as: UTF8.self)
        switch type {
        case "inlineStr": return .text(collector.string)
        case "s":
            guard let index = Int(text), shared.indices.contains(index) else {
                throw error("it names the shared string \(text.prefix(20)), which is not there")
            }
            return .text(shared[index])
        case "str", "d": return .text(EscapedText.decode(value))
        case "b": return .boolean(text == "1")
        case "e": return .error(text)
        default: return text.isEmpty ? .blank : .number(text)
        }
    }
}
