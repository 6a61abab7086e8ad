import Files
import Memory
import Records
import Refunds

/// What the name of an input says: how it is written, and its place among the others of its folder (FORMATS.md, "What
/// holds for all inputs").
struct InputName: Comparable {
    /// A rotated log's suffix; the oldest is the least.
    private enum Rotation: Equatable {
        /// `-20250930`, `.2025-09-30`: year, month and day as digits.
        case date([UInt8])
        /// `.1`, without leading zeros: the higher, the older.
        case number([UInt8])
        case none
    }

    let format: RecordFormat
    private let name: [UInt8]
    /// The name without `.gz` and the rotation.
    private let base: [UInt8]
    private let rotation: Rotation

    /// nil for a file of another extension.
    init?(_ name: [UInt8]) {
        self.name = name
        var rest = name[...]
        if Self.hasSuffix(rest, ".gz") { rest = rest.dropLast(3) }
        if let format = Self.format(rest) {
            (self.format, base, rotation) = (format, Array(rest), .none)
            return
        }
        guard let (start, rotation) = Self.rotation(rest), let format = Self.format(rest[..<start]) else { return nil }
        (self.format, base, self.rotation) = (format, Array(rest[..<start]), rotation)
    }

    /// The format of an input by its name; nil of standard input.
    static func format(of input: InputFile) throws(InputError) -> RecordFormat? {
        if input.path == "-" { return nil }
        guard let name = InputName(Array(input.name.utf8)) else {
            throw .unusable(
                path: input.path, reason: "its name does not end in .csv, .jsonl or .ndjson (or .gz of one)")
        }
        return name.format
    }

    private static func format(_ name: ArraySlice<UInt8>) -> RecordFormat? {
        RecordFormat.allCases.first { $0.extensions.contains { hasSuffix(name, $0) } }
    }

    private static func hasSuffix(_ name: ArraySlice<UInt8>, _ suffix: String) -> Bool {
        // A bit more makes a letter lower case.
        name.suffix(suffix.utf8.count).map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } == Array(suffix.utf8)
    }

    /// Where a name's rotation begins, and which it is.
    private static func rotation(_ name: ArraySlice<UInt8>) -> (start: Int, Rotation)? {
        for length in [10, 8] where name.count > length {
            let start = name.endIndex - length - 1
            let isSeparated = name[start] == UInt8(ascii: ".") || name[start] == UInt8(ascii: "-")
            let isDate = CalendarDate(Array(name[(start + 1)...]).span) != nil
            if isSeparated, isDate { return (start, .date(name[(start + 1)...].filter(isDigit))) }
        }
        guard let last = name.lastIndex(where: { !isDigit($0) }), name[last] == UInt8(ascii: "."),
            last + 1 < name.endIndex
        else { return nil }
        return (last, .number(Array(name[(last + 1)...].drop { $0 == UInt8(ascii: "0") })))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    // MARK: Order

    /// Name order, a run of digits counting as a number; the rotated logs of one name oldest first, then the log itself.
    static func < (left: InputName, right: InputName) -> Bool {
        if left.base != right.base { return isBefore(left.base, right.base) }
        switch (left.rotation, right.rotation) {
        case (.date(let left), .date(let right)) where left != right: return left.lexicographicallyPrecedes(right)
        case (.number(let left), .number(let right)) where left != right:
            return isLess(right, left)
        case (.date, .number), (.date, .none), (.number, .none): return true
        case (.number, .date), (.none, .date), (.none, .number): return false
        case (.date, .date), (.number, .number), (.none, .none):
            return left.name.lexicographicallyPrecedes(right.name)
        }
    }

    private static func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var (first, second) = (left[...], right[...])
        while let one = first.first, let other = second.first {
            if isDigit(one), isDigit(other) {
                let number = number(&first)
                let otherNumber = Self.number(&second)
                if number != otherNumber { return isLess(number, otherNumber) }
            } else {
                if one != other { return one < other }
                first.removeFirst()
                second.removeFirst()
            }
        }
        if first.isEmpty != second.isEmpty { return first.isEmpty }
        return left.lexicographicallyPrecedes(right)
    }

    /// Whether a number is less than another; both are digits without leading zeros.
    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    /// Takes the digits at the front, and gives them without leading zeros.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes.dropFirst(digits.count)
        return Array(digits.drop { $0 == UInt8(ascii: "0") })
    }
}
