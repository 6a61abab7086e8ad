/// Writes bytes into memory that is known to be large enough, one after another.
public struct RowWriter {
    var end: UnsafeMutablePointer<UInt8>

    /// Where the next byte goes.
    @inline(__always)
    public var next: UnsafeMutablePointer<UInt8> { end }

    @inline(__always)
    public init(at start: UnsafeMutablePointer<UInt8>) { end = start }

    @inline(__always)
    public mutating func byte(_ byte: UInt8) {
        end.initialize(to: byte)
        end += 1
    }

    @inline(__always)
    public mutating func bytes(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        end.update(from: start, count: bytes.count)
        end += bytes.count
    }

    @inline(__always)
    public mutating func text(_ text: Text) { text.withBytes { bytes($0) } }

    @inline(__always)
    public mutating func literal(_ literal: StaticString) {
        end.update(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
        end += literal.utf8CodeUnitCount
    }

    // MARK: Numbers

    @inline(__always)
    public mutating func count(_ count: Int) {
        if count < 0 { byte(UInt8(ascii: "-")) }
        decimal(UInt64(count.magnitude), minorDigits: 0)
    }

    /// A number with a given number of digits after the point and at least one before it.
    @inline(__always)
    public mutating func decimal(_ value: UInt64, minorDigits: Int) {
        switch minorDigits {
        case 0: digits(value)
        case 2:
            digits(value / 100)
            byte(UInt8(ascii: "."))
            pair(value % 100)
        default:
            var scale: UInt64 = 1
            for _ in 0..<minorDigits { scale = scale &* 10 }
            digits(value / scale)
            byte(UInt8(ascii: "."))
            var rest = value % scale
            for _ in 0..<minorDigits {
                scale /= 10
                byte(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / scale))
                rest %= scale
            }
        }
    }

    /// The digits of a whole number, two at a time from its end.
    @inline(__always)
    mutating func digits(_ value: UInt64) {
        var count = 1
        var power: UInt64 = 10
        while count < 20, value >= power {
            count &+= 1
            power = power &* 10
        }
        var rest = value
        var place = count
        while rest >= 100 {
            place &-= 2
            write(pair: rest % 100, at: end + place)
            rest /= 100
        }
        if rest >= 10 {
            write(pair: rest, at: end)
        } else {
            end.initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest))
        }
        end += count
    }

    /// Two digits of a number below 100.
    @inline(__always)
    public mutating func pair(_ value: UInt64) {
        write(pair: value, at: end)
        end += 2
    }

    @inline(__always)
    func write(pair value: UInt64, at place: UnsafeMutablePointer<UInt8>) {
        let tens = value / 10
        place.initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens))
        (place + 1).initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value &- tens &* 10))
    }
}
