import Tasks

/// Maps the blocks of an input to results on at most `width` tasks at a time and gives each result to `consume`, in the blocks'
/// order, as soon as it and all before it are there. Only a few blocks are ever held. It is cancelled as the other forms are.
public func parallelMap<Result: Sendable>(
    _ source: BlockSource, width: Int, _ transform: @escaping @Sendable (Block) -> Result,
    consume: (Result) throws -> Void
) async throws {
    let transform = ifNotCancelled(transform)
    if width <= 1 {
        while let block = try await source.next() { try consume(transform(block)) }
        return
    }
    try await withThrowingTaskGroup(of: (Int, Result)?.self) { group in
        var waiting: [Int: Result] = [:]
        var running = 0
        var consumed = source.nextIndex
        func startMore() {
            while running < width, running + waiting.count < width * 2 {
                group.addTask { try await source.next().map { ($0.index, try transform($0)) } }
                running += 1
            }
        }
        startMore()
        while let next = try await group.next() {
            running -= 1
            // The end: only the blocks that other tasks still work on are to come.
            guard let (index, result) = next else { continue }
            waiting[index] = result
            while let next = waiting.removeValue(forKey: consumed) {
                try consume(next)
                consumed += 1
            }
            startMore()
        }
    }
}
