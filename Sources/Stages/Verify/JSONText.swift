import JSON
import Memory

/// Reads the JSON of a report into a value of its own.
enum JSONReading {
    /// No file of a report is nested deeper.
    private static let depthLimit = 64
    /// No file of a report has more values; each takes a hundred bytes of memory and more.
    private static let valueLimit = 2 << 20

    /// nil if the bytes are not UTF-8 or not JSON, have a key twice, are nested too deep or have too many values.
    static func tree(_ bytes: [UInt8]) -> StatedJSON? {
        var reader = JSONReader()
        return tree(bytes[...], reader: &reader)
    }

    /// The same with a reader that is used again.
    static func tree(_ bytes: ArraySlice<UInt8>, reader: inout JSONReader) -> StatedJSON? {
        guard isBounded(bytes), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let reading = reader.read(bytes.span)
        guard reading.fault == nil, let root = reading.root else { return nil }
        return StatedJSON(root)
    }

    /// Whether nesting and the number of values are within their limits, judged before anything is built.
    private static func isBounded(_ bytes: ArraySlice<UInt8>) -> Bool {
        var (depth, values, isString, isEscape) = (0, 0, false, false)
        for byte in bytes {
            if isEscape { isEscape = false; continue }
            switch byte {
            case UInt8(ascii: "\\"): isEscape = isString
            case UInt8(ascii: "\""): isString.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): if !isString { (depth, values) = (depth + 1, values + 1) }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isString { depth -= 1 }
            case UInt8(ascii: ","): if !isString { values += 1 }
            default: break
            }
            if depth > depthLimit || values > valueLimit { return false }
        }
        return true
    }
}

/// A value of a report's JSON. A member of an object is found at once, however many there are.
indirect enum StatedJSON: Equatable {
    case null
    case bool(Bool)
    /// A number, digit for digit.
    case number(String)
    case string(String)
    case array([StatedJSON])
    /// The members in their order, and the place of each by its name.
    case object([Member], places: [String: Int])

    struct Member: Equatable {
        let key: String
        let value: StatedJSON
    }

    /// A copy of a parsed value.
    init(_ value: JSONView) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool ?? false)
        case .number: self = .number(value.raw.string)
        case .string: self = .string(value.string ?? value.raw.string)
        case .array:
            var elements: [StatedJSON] = []
            var children = value.children
            while let child = children.next() { elements.append(StatedJSON(child)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            var children = value.children
            while let child = children.next() {
                members.append(Member(key: child.name ?? "", value: StatedJSON(child)))
            }
            // Names that differ in their bytes alone are one name to Swift.
            let places = Dictionary(members.enumerated().map { ($1.key, $0) }) { first, _ in first }
            self = .object(members, places: places)
        }
    }

    /// The member of that name; nil if there is none or this is not an object.
    subscript(_ key: String) -> StatedJSON? {
        guard case .object(let members, let places) = self else { return nil }
        return places[key].map { members[$0].value }
    }

    var members: [Member] { if case .object(let members, _) = self { members } else { [] } }
    var elements: [StatedJSON] { if case .array(let elements) = self { elements } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// More of anything no report has; times a million it is still an `Int`.
    private static let countLimit = 1_000_000_000_000

    /// A number that is a whole one, of a size that counts have.
    var count: Int? {
        guard case .number(let digits) = self, let value = Int(digits), -Self.countLimit...Self.countLimit ~= value
        else { return nil }
        return value
    }

    /// A number's digits or a string's characters; nil for anything else.
    var scalar: String? {
        switch self {
        case .number(let digits): digits
        case .string(let text): text
        default: nil
        }
    }

    /// Every number and string within, by its path.
    func leaves() -> [(path: [String], text: String)] {
        switch self {
        case .object(let members, _):
            members.flatMap { member in member.value.leaves().map { ([member.key] + $0.path, $0.text) } }
        case .bool(let value): [([], value ? "true" : "false")]
        default: scalar.map { [([], $0)] } ?? []
        }
    }
}
