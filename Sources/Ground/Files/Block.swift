/// A part of an input's text, which nobody changes; the memory is freed with the last reference.
public struct Block: Sendable {
    private let memory: [UInt8]
    private let range: Range<Int>
    /// Its place among the blocks of its input, from 0.
    public let index: Int
    /// About how many blocks the whole input has.
    public let expectedCount: Int

    init(_ memory: [UInt8], _ range: Range<Int>, index: Int, expectedCount: Int) {
        self.memory = memory
        self.range = range
        self.index = index
        self.expectedCount = expectedCount
    }

    public var count: Int { range.count }
    public var isEmpty: Bool { range.isEmpty }

    /// The bytes.
    public var bytes: Span<UInt8> {
        @inline(__always) @_lifetime(borrow self) get { memory.span.extracting(range) }
    }

    /// The bytes as a part of an array.
    public var slice: ArraySlice<UInt8> { memory[range] }

    /// The bytes from an offset on, in the same memory.
    public func dropFirst(_ count: Int) -> Block {
        Block(memory, (range.lowerBound + count)..<range.upperBound, index: index, expectedCount: expectedCount)
    }

    /// These bytes followed by those of another block, in new memory; it takes the other's place.
    public func followed(by next: Block) -> Block {
        var joined: [UInt8] = []
        joined.reserveCapacity(count + next.count)
        joined += memory[range]
        joined += next.memory[next.range]
        return Block(joined, 0..<joined.count, index: next.index, expectedCount: next.expectedCount)
    }

    /// The same bytes in memory that holds nothing else.
    public func copied() -> Block { Block(Array(memory[range]), 0..<count, index: index, expectedCount: expectedCount) }
}
