import JSON

/// Reads the JSON of a report into a value of its own.
enum JSONReading {
    /// No file of a report is nested deeper.
    private static let depthLimit = 64
    /// No file of a report has more values; each takes a hundred bytes of memory and more.
    private static let valueLimit = 2 << 20

    /// nil if the bytes are not UTF-8 or not JSON, have a key twice, are nested too deep or have too many values.
    static func tree(_ bytes: [UInt8]) -> StatedJSON? {
        guard isBounded(bytes), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let document = JSONDocument()
        return bytes.withUnsafeBufferPointer { document.parse($0) == nil ? StatedJSON(document.root) : nil }
    }

    /// Whether nesting and the number of values are within their limits, judged before anything is built.
    private static func isBounded(_ bytes: [UInt8]) -> Bool {
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
    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool ?? false)
        case .number: self = .number(String(decoding: value.raw, as: UTF8.self))
        case .string: self = .string(value.string ?? String(decoding: value.raw, as: UTF8.self))
        case .array: self = .array(value.children.map { StatedJSON($0) })
        case .object:
            let members = value.members.map { Member(key: $0.key, value: StatedJSON($0.value)) }
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
