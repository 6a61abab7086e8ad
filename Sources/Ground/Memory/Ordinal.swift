/// An enum whose cases carry nothing, so that its values can number the places of a table.
public protocol Ordinal: CaseIterable {}

extension Ordinal {
    /// The place among all cases, from zero: the number by which the compiler keeps such an enum.
    @inline(__always)
    public var ordinal: Int { Int(unsafe unsafeBitCast(self, to: UInt8.self)) }
}
