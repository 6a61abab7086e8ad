import Glibc

/// Follows the tags of an XML document that comes in pieces: whether each is closed by its own name, the root last, and
/// how many `c` elements (cells) there are. It knows the XML that libxlsxwriter writes: no comments, no CDATA, no DTD.
struct XMLTagCheck {
    private enum State {
        case text
        /// After `<`.
        case tagStart
        case name
        case attributes
        case quoted
        case endName
        case instruction
    }

    private var state = State.text
    private var open: [UInt64] = []
    private var nameHash: UInt64 = 0
    private var previous: UInt8 = 0
    private var hasRoot = false
    private(set) var isBroken = false
    /// How many cells were begun.
    private(set) var cellCount = 0

    private static let emptyHash: UInt64 = 0xCBF2_9CE4_8422_2325
    private static let cellHash = extend(emptyHash, UInt8(ascii: "c"))

    /// FNV-1a: a broken name need only be likely to be found.
    @inline(__always)
    private static func extend(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Whether the document came to its end.
    var isWhole: Bool { !isBroken && hasRoot && open.isEmpty && state == .text }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        while index < bytes.count, !isBroken {
            if state == .text {
                guard let found = memchr(base + index, 0x3C, bytes.count - index) else { return }
                index = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found)) + 1
                state = .tagStart
                nameHash = Self.emptyHash
                continue
            }
            step(bytes[index])
            previous = bytes[index]
            index += 1
        }
    }

    private mutating func step(_ byte: UInt8) {
        switch state {
        case .text: break
        case .tagStart:
            switch byte {
            case UInt8(ascii: "/"): state = .endName
            case UInt8(ascii: "?"): state = .instruction
            case UInt8(ascii: "!"), UInt8(ascii: ">"), UInt8(ascii: "<"), 0...0x20: isBroken = true
            default:
                state = .name
                nameHash = Self.extend(nameHash, byte)
            }
        case .name:
            switch byte {
            case UInt8(ascii: ">"): begin()
            case UInt8(ascii: "/"), 0x20: state = .attributes
            case UInt8(ascii: "<"): isBroken = true
            default: nameHash = Self.extend(nameHash, byte)
            }
        case .attributes:
            switch byte {
            case UInt8(ascii: "\""): state = .quoted
            case UInt8(ascii: ">"): previous == UInt8(ascii: "/") ? beginAndEnd() : begin()
            case UInt8(ascii: "<"): isBroken = true
            default: break
            }
        case .quoted:
            if byte == UInt8(ascii: "\"") { state = .attributes }
            if byte == UInt8(ascii: "<") { isBroken = true }
        case .endName:
            if byte == UInt8(ascii: ">") {
                if open.popLast() != nameHash { isBroken = true }
                state = .text
            } else {
                nameHash = Self.extend(nameHash, byte)
            }
        case .instruction:
            if byte == UInt8(ascii: ">"), previous == UInt8(ascii: "?") { state = .text }
        }
    }

    private mutating func begin() {
        count()
        open.append(nameHash)
    }

    private mutating func beginAndEnd() { count() }

    private mutating func count() {
        if open.isEmpty, hasRoot { isBroken = true }
        hasRoot = true
        if nameHash == Self.cellHash { cellCount += 1 }
        state = .text
    }
}
