/// The name of an object's member.
public struct JSONKey: Sendable, ExpressibleByStringLiteral {
    public let name: StaticString

    @inline(__always)
    public init(stringLiteral name: StaticString) { self.name = name }
}
