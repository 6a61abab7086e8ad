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

/// The same work, begun only where the task is not cancelled.
public func ifNotCancelled<Item, Result>(
    _ transform: @escaping @Sendable (Item) throws -> Result
) -> @Sendable (Item) throws -> Result {
    { item in
        try Task.checkCancellation()
        return try transform(item)
    }
}
