import Glibc

/// A part of an input's text, in memory of our own that nobody changes; the memory is freed with the last reference.
public struct Block: Sendable {
    /// `@unchecked Sendable`: it is written before the first block is made of it, and never again.
    final class Memory: @unchecked Sendable {
        let bytes: UnsafeMutableBufferPointer<UInt8>

        init(capacity: Int) { bytes = .allocate(capacity: capacity) }

        deinit { bytes.deallocate() }
    }

    private let memory: Memory
    private let range: Range<Int>
    /// Its place among the blocks of its input, from 0.
    public let index: Int
    /// About how many blocks the whole input has.
    public let expectedCount: Int

    init(_ memory: Memory, _ range: Range<Int>, index: Int, expectedCount: Int) {
        self.memory = memory
        self.range = range
        self.index = index
        self.expectedCount = expectedCount
    }

    public var count: Int { range.count }
    public var isEmpty: Bool { range.isEmpty }

    /// Calls `body` with the bytes, which stay where they are until it returns.
    @inline(__always)
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(memory) {} }
        return try body(UnsafeBufferPointer(rebasing: memory.bytes[range]))
    }

    /// The bytes from an offset on, in the same memory.
    public func dropFirst(_ count: Int) -> Block {
        Block(memory, (range.lowerBound + count)..<range.upperBound, index: index, expectedCount: expectedCount)
    }

    /// These bytes followed by those of another block, in new memory; it takes the other's place.
    public func followed(by next: Block) -> Block {
        let joined = Memory(capacity: count + next.count)
        for (part, start) in [(self, 0), (next, count)] {
            part.withBytes { bytes in
                _ = UnsafeMutableBufferPointer(rebasing: joined.bytes[start...]).initialize(fromContentsOf: bytes)
            }
        }
        return Block(joined, 0..<(count + next.count), index: next.index, expectedCount: next.expectedCount)
    }

    /// The same bytes in memory that holds nothing else.
    func copied() -> Block {
        Block(Memory(capacity: 0), 0..<0, index: index, expectedCount: expectedCount).followed(by: self)
    }
}
