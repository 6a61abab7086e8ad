/// Maps items to results on at most `width` tasks at a time; the results are in the items' order.
public func parallelMap<Item: Sendable, Result: Sendable>(
    _ items: [Item], width: Int, _ transform: @escaping @Sendable (Item) throws -> Result
) async throws -> [Result] {
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
