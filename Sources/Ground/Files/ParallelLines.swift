import Memory
import Tasks

/// The lines of a file, made on all tasks.
public enum ParallelLines {
    private static let linesAPart = 2048
    private static let usualLineBytes = 512

    /// Gives the bytes of the lines to `consume`, some lines at a time, in order.
    ///
    /// - Parameters:
    ///   - end: the end of a line.
    ///   - appendLine: appends a line by its index, without its end.
    public static func make(
        _ count: Int, end: StaticString = "\n", threads: Int,
        _ appendLine: @escaping @Sendable (Int, inout [UInt8]) -> Void, consume: ([UInt8]) throws -> Void
    ) async throws {
        try await parallelMap(parts(count), width: threads) { part in
            var lines: [UInt8] = []
            lines.reserveCapacity(part.count * usualLineBytes)
            for index in part {
                appendLine(index, &lines)
                lines.append(literal: end)
            }
            return lines
        } consume: {
            try consume($0)
        }
    }

    /// The same with lines that are written by a writer, which is quicker.
    public static func make(
        _ count: Int, end: StaticString = "\n", threads: Int,
        _ appendLine: @escaping @Sendable (Int, inout ByteWriter) -> Void,
        consume: (borrowing ByteWriter) throws -> Void
    ) async throws {
        try await parallelMap(parts(count), width: threads) { part in
            var lines = ByteWriter(capacity: part.count * usualLineBytes)
            for index in part {
                appendLine(index, &lines)
                lines.append(literal: end)
            }
            return Part(lines)
        } consume: {
            try consume($0.lines)
        }
    }

    /// Some lines, which are handed over without being copied.
    private final class Part: Sendable {
        let lines: ByteWriter

        init(_ lines: consuming ByteWriter) { self.lines = lines }
    }

    private static func parts(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: linesAPart).map { $0..<min($0 + linesAPart, count) }
    }
}
