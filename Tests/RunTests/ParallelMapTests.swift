import Synchronization
import Testing
@testable import Files
@testable import Tasks

/// Work that is spread over tasks ends when it is cancelled: no further item is begun.
@Suite struct ParallelMapTests {
    enum Form: CaseIterable { case results, consumed, blocks }

    @Test(arguments: [1, 2, 3], Form.allCases) func isCancelled(width: Int, form: Form) async throws {
        let folder = try TemporaryFolder()
        let lines = try folder.write("lines.txt", String(repeating: "a line of text\n", count: 1000))
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
            switch form {
            case .results: _ = try await parallelMap(Array(0..<1000), width: width, transform)
            case .consumed: try await parallelMap(Array(0..<1000), width: width, transform) { _ in }
            case .blocks:
                let source = BlockSource(try InputFile(path: lines, blockBytes: 16))
                try await parallelMap(source, width: width) {
                    transform($0.index)
                } consume: { _ in
                }
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
