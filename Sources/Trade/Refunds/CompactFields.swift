import Memory

/// An amount or none in eight bytes, for the records that a run keeps by the million.
///
/// No amount of a record comes near the end of the range (see `Amount`), which stands for none.
@propertyWrapper
public struct CompactAmount: Sendable, Hashable {
    var minorUnits: Int64

    @inline(__always)
    public init() { minorUnits = .min }

    @inline(__always)
    public init(wrappedValue: Amount?) { minorUnits = wrappedValue?.minorUnits ?? .min }

    @inline(__always)
    public var wrappedValue: Amount? {
        get { minorUnits == .min ? nil : Amount(minorUnits: minorUnits) }
        set { minorUnits = newValue?.minorUnits ?? .min }
    }
}

/// A day or none in four bytes.
@propertyWrapper
public struct CompactDate: Sendable, Hashable {
    var daysSinceEpoch: Int32

    @inline(__always)
    public init() { daysSinceEpoch = .min }

    @inline(__always)
    public init(wrappedValue: CalendarDate?) { daysSinceEpoch = wrappedValue?.daysSinceEpoch ?? .min }

    @inline(__always)
    public var wrappedValue: CalendarDate? {
        get { daysSinceEpoch == .min ? nil : CalendarDate(daysSinceEpoch: daysSinceEpoch) }
        set { daysSinceEpoch = newValue?.daysSinceEpoch ?? .min }
    }
}
