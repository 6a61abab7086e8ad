/// A list that mostly has one element: the first is stored in the list itself, and only further ones take memory elsewhere.
public struct Few<Element>: RandomAccessCollection, ExpressibleByArrayLiteral {
    var first: Element?
    var others: [Element]?

    public init() {}

    public init(_ elements: [Element]) {
        for element in elements { append(element) }
    }

    public init(arrayLiteral elements: Element...) { self.init(elements) }

    public mutating func append(_ element: Element) {
        if first == nil {
            first = element
        } else if others == nil {
            others = [element]
        } else {
            others?.append(element)
        }
    }

    public var startIndex: Int { 0 }

    public var endIndex: Int { first == nil ? 0 : 1 + (others?.count ?? 0) }

    public subscript(position: Int) -> Element {
        if position == 0, let first { return first }
        guard let others else { preconditionFailure("no element \(position)") }
        return others[position - 1]
    }
}

extension Few: Equatable where Element: Equatable {}
extension Few: Sendable where Element: Sendable {}
