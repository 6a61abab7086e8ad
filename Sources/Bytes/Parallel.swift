/// Maps items to results on at most `width` tasks at a time; the results are in the items' order. Once the task is cancelled
/// no further item is begun, and `CancellationError` is thrown.
public func parallelMap<Item: Sendable, Result: Sendable>(
    _ items: [Item], width: Int, _ transform: @escaping @Sendable (Item) throws -> Result
) async throws -> [Result] {
    let transform = ifNotCancelled(transform)
    if width <= 1 || items.count <= 1 { return try items.map(transform) }
    return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: items.count)
        var next = 0
        while next < min(width, items.count) {
            let index = next
            group.addTask { (index, try transform(items[index])) }
            next += 1
        }
        while let (index, result) = try await group.next() {
            results[index] = result
            if next < items.count {
                let following = next
                group.addTask { (following, try transform(items[following])) }
                next += 1
            }
        }
        return results.compactMap { $0 }
    }
}

/// Maps items to results on at most `width` tasks at a time and gives each result to `consume`, in the items' order, as soon
/// as it and all before it are there. Only a few results are ever held. It is cancelled as the other form is.
public func parallelMap<Item: Sendable, Result: Sendable>(
    _ items: [Item], width: Int, _ transform: @escaping @Sendable (Item) throws -> Result,
    consume: (Result) throws -> Void
) async throws {
    let transform = ifNotCancelled(transform)
    if width <= 1 || items.count <= 1 {
        for item in items { try consume(transform(item)) }
        return
    }
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var waiting: [Int: Result] = [:]
        var started = 0
        var consumed = 0
        func startMore() {
            while started < items.count, started - consumed < width * 2 {
                let index = started
                group.addTask { (index, try transform(items[index])) }
                started += 1
            }
        }
        startMore()
        while let (index, result) = try await group.next() {
            waiting[index] = result
            while let next = waiting.removeValue(forKey: consumed) {
                try consume(next)
                consumed += 1
            }
            startMore()
        }
    }
}

private func ifNotCancelled<Item, Result>(
    _ transform: @escaping @Sendable (Item) throws -> Result
) -> @Sendable (Item) throws -> Result {
    { item in
        try Task.checkCancellation()
        return try transform(item)
    }
}

/// Maps the blocks of an input to results on at most `width` tasks at a time and gives each result to `consume`, in the blocks'
/// order, as soon as it and all before it are there. Only a few blocks are ever held. It is cancelled as the other forms are.
func parallelMap<Result: Sendable>(
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
            // The end: what the others still work at is all that comes.
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
