import Memory

/// `workbook.xml`: the sheets.
final class SheetList: XMLHandler {
    private(set) var sheets: [(name: String, id: String)] = []

    func start(_ name: borrowing XMLName, _ attributes: borrowing XMLAttributes) throws(XLSXError) {
        guard name == "sheet", let title = attributes["name"], let id = attributes["id"] else { return }
        if sheets.count == 10_000 { throw .tooLarge("over 10000 sheets") }
        sheets.append((title, id))
    }

    func end(_ name: borrowing XMLName) {}
    func text(_ bytes: Span<UInt8>) {}
}

/// A `.rels` part: where the parts are that another one names by id.
final class Relationships: XMLHandler {
    struct Link {
        let id: String
        /// The last word of its type, such as `worksheet`.
        let type: String
        let target: String
    }

    private let folder: String
    private(set) var links: [Link] = []

    init(_ folder: String) { self.folder = folder }

    func start(_ name: borrowing XMLName, _ attributes: borrowing XMLAttributes) throws(XLSXError) {
        guard name == "Relationship", let id = attributes["Id"], let target = attributes["Target"] else { return }
        if links.count == 10_000 { throw .tooLarge("over 10000 relationships") }
        let type = attributes["Type"]?.split(separator: "/").last.map(String.init) ?? ""
        // Names only find parts of the archive: no name of a file is ever made from them.
        links.append(
            Link(id: id, type: type, target: target.hasPrefix("/") ? String(target.dropFirst()) : folder + target))
    }

    func end(_ name: borrowing XMLName) {}
    func text(_ bytes: Span<UInt8>) {}
}

/// The text of one string, plain or made of runs; phonetic hints are left out.
struct StringCollector {
    private var bytes: [UInt8] = []
    private var isText = false
    private var isPhonetic = false

    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        (isText, isPhonetic) = (false, false)
    }

    mutating func start(_ name: borrowing XMLName) {
        if name == "t" { isText = true } else if name == "rPh" { isPhonetic = true }
    }

    mutating func end(_ name: borrowing XMLName) {
        if name == "t" { isText = false } else if name == "rPh" { isPhonetic = false }
    }

    /// Adds text if it belongs to the string.
    mutating func add(_ text: Span<UInt8>, _ limits: XLSXLimits) throws(XLSXError) {
        guard isText, !isPhonetic else { return }
        if bytes.count + text.count > limits.cellBytes { throw .tooLarge("a text of over \(limits.cellBytes) bytes") }
        bytes.append(contentsOf: text)
    }

    var string: String { EscapedText.decode(bytes) }
}

/// `sharedStrings.xml`.
final class SharedStringsHandler: XMLHandler {
    private let limits: XLSXLimits
    private(set) var strings: [String] = []
    private var collector = StringCollector()
    private var totalBytes = 0

    init(_ limits: XLSXLimits) { self.limits = limits }

    func start(_ name: borrowing XMLName, _ attributes: borrowing XMLAttributes) {
        if name == "si" { collector.begin() } else { collector.start(name) }
    }

    func end(_ name: borrowing XMLName) throws(XLSXError) {
        guard name == "si" else { return collector.end(name) }
        let string = collector.string
        // A string costs memory even if it is empty.
        totalBytes += string.utf8.count + 16
        if totalBytes > limits.sharedStringBytes {
            throw .tooLarge("shared strings of over \(limits.sharedStringBytes) bytes")
        }
        strings.append(string)
    }

    func text(_ bytes: Span<UInt8>) throws(XLSXError) { try collector.add(bytes, limits) }
}

/// `_x000D_` and the like represent characters that XML cannot hold.
enum EscapedText {
    static func decode(_ bytes: [UInt8]) -> String {
        guard bytes.contains(0x5F) else { return String(decoding: bytes, as: UTF8.self) }
        var units: [UInt16] = []
        var rest = Array(String(decoding: bytes, as: UTF8.self).utf16)[...]
        var hasEscape = false
        while let unit = rest.first {
            if let code = code(rest) {
                hasEscape = true
                units.append(code)
                rest = rest.dropFirst(7)
            } else {
                units.append(unit)
                rest = rest.dropFirst()
            }
        }
        return hasEscape ? String(decoding: units, as: UTF16.self) : String(decoding: bytes, as: UTF8.self)
    }

    /// The unit that `_xHHHH_` at the beginning represents.
    private static func code(_ units: ArraySlice<UInt16>) -> UInt16? {
        guard units.count >= 7, units[units.startIndex] == 0x5F, units[units.startIndex + 1] == 0x78,
            units[units.startIndex + 6] == 0x5F
        else { return nil }
        var code: UInt16 = 0
        for unit in units[units.startIndex + 2..<units.startIndex + 6] {
            guard let digit = Character(UnicodeScalar(UInt8(truncatingIfNeeded: unit))).hexDigitValue, unit < 0x80
            else {
                return nil
            }
            code = code << 4 | UInt16(digit)
        }
        return code
    }
}
