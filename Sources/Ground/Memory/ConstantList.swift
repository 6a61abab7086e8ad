/// A list that, once made, never changes and is kept for as long as the process lives: a constant that is looked at from all
/// tasks without counting references to it.
///
/// `@unchecked Sendable`: the elements never change.
@safe public struct ConstantList<Element: Sendable>: @unchecked Sendable {
    private let start: UnsafePointer<Element>
    public let count: Int

    public init(_ elements: [Element]) {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(elements.count, 1))
        _ = unsafe memory.initialize(from: elements)
        unsafe start = UnsafePointer(memory.baseAddress ?? .allocate(capacity: 1))
        count = elements.count
    }

    @inline(__always)
    public subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "no element at this index")
        return unsafe start[index]
    }
}
