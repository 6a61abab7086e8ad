/// A value that, once made, is kept for as long as the process lives, as the texts of records are (`TextArena`).
///
/// It is one word that is copied without counting references: data that only a few records have must not make it slower to
/// copy the others.
///
/// `@unchecked Sendable`: the value never changes.
@safe public struct Kept<Value: Sendable>: @unchecked Sendable {
    private let place: UnsafePointer<Value>

    public init(_ value: Value) {
        let memory = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        unsafe memory.initialize(to: value)
        unsafe place = UnsafePointer(memory)
    }

    @inline(__always)
    public var value: Value { unsafe place.pointee }
}

extension Kept: Equatable where Value: Equatable {
    public static func == (left: Kept, right: Kept) -> Bool {
        unsafe left.place == right.place || left.value == right.value
    }
}
