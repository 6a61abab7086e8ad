import Bytes
import Synchronization
import Testing

/// Work that is spread over tasks ends when it is cancelled: no further item is begun.
@Suite struct ParallelMapTests {
    @Test(arguments: [1, 2, 3], [true, false]) func isCancelled(width: Int, consumes: Bool) async throws {
        let begun = Atomic<Int>(0)
        let work = Mutex<Task<Void, any Error>?>(nil)
        // The first item cancels all of it.
        let transform: @Sendable (Int) -> Int = { item in
            begun.add(1, ordering: .relaxed)
            var isCancelled = item > 0
            while !isCancelled {
                isCancelled = work.withLock {
                    $0?.cancel()
                    return $0 != nil
                }
            }
            while !Task.isCancelled {}
            return item
        }
        let task = Task {
            if consumes {
                try await parallelMap(Array(0..<1000), width: width, transform) { _ in }
            } else {
                _ = try await parallelMap(Array(0..<1000), width: width, transform)
            }
        }
        work.withLock { $0 = task }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(begun.load(ordering: .relaxed) <= width)
    }

    @Test(arguments: [1, 2, 5]) func keepsTheOrder(width: Int) async throws {
        let items = Array(0..<100)
        #expect(try await parallelMap(items, width: width) { $0 * 2 } == items.map { $0 * 2 })
        var consumed: [Int] = []
        try await parallelMap(items, width: width) {
            $0 * 2
        } consume: {
            consumed.append($0)
        }
        #expect(consumed == items.map { $0 * 2 })
    }
}
