import Files
import Memory

/// Counts of a stage.
package struct QueryCounts: Sendable, Equatable {
    /// Questions that this run asked, or tried to.
    package var asked = 0
    /// Answered, those of an earlier run included.
    package var ok = 0
    package var failed = 0
    /// Answered by an earlier run and not asked again.
    package var resumed = 0
    /// Put back, to be asked in a later round; none at the end.
    package var waiting = 0
    /// The first one, in which every question is asked, and those that followed.
    package var rounds = 1
    /// Requests sent by this run.
    package var attempts = 0
    /// The most requests that were in flight at once.
    package var peakInFlight = 0
    /// How long the requests of this run took, each from its sending to the end of its answer.
    package var latencies = LatencyHistogram()
    /// How long this run asked.
    package var elapsed: Duration = .zero

    package init() {}

    /// `275 requests in 0.121 s, 2272 a second, p50 1.2 ms, p99 8.0 ms, at most 8 in flight`, and how many rounds if several.
    package var text: String {
        let milliseconds = max(1, Int(elapsed / .milliseconds(1)))
        func quantile(_ permille: Int) -> String {
            latencies.microseconds(permille: permille).map { "\($0 / 1000).\($0 / 100 % 10) ms" } ?? "unknown"
        }
        let fraction = String(String(milliseconds % 1000 + 1000).dropFirst())
        return """
            \(attempts) requests in \(milliseconds / 1000).\(fraction) s, \(attempts * 1000 / milliseconds) a second, \
            p50 \(quantile(500)), p99 \(quantile(990)), at most \(peakInFlight) in flight\
            \(rounds > 1 ? ", \(rounds) rounds" : "")
            """
    }
}

/// The result of the stage: the place of each question's line, so that no answer need be held in memory.
package struct QueryOutcome: Sendable {
    package let workingJournal: String
    /// One for each question, in the questions' order.
    package let lines: [LinePosition]
    package let counts: QueryCounts
    /// Messages for a person, such as about a torn line that was cut off.
    package let notes: [String]
    /// That the working journal was damaged; nil where it was not.
    package let warning: String?
    let reached: QueryStepObserver

    /// Writes the lines as FORMATS.md has them, without their checksums, each with its line end, in the questions' order.
    package func writeLines(toPath path: String) throws(WorkingJournalError) {
        let (file, journal): (File, File)
        do { file = try File(path, to: .overwrite) } catch { throw .cannotOpen(path: path, errno: error.code) }
        do { journal = try File(workingJournal, to: .read) } catch {
            throw .cannotOpen(path: workingJournal, errno: error.code)
        }
        func write(_ bytes: [UInt8]) throws(WorkingJournalError) {
            do { try file.write(bytes) } catch { throw .cannotWrite(path: path, errno: error.code) }
        }
        var buffer: [UInt8] = []
        for position in lines {
            try append(lineAt: position, of: journal, to: &buffer)
            if buffer.count < Self.bufferByteCount { continue }
            try write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        try write(buffer)
        reached(.copyWritten)
        do { try file.sync() } catch { throw .cannotWrite(path: path, errno: error.code) }
        reached(.copySynced)
    }

    private func append(
        lineAt position: LinePosition, of journal: File, to buffer: inout [UInt8]
    ) throws(WorkingJournalError) {
        let line: [UInt8]
        do { line = try journal.read(upTo: position.length, at: position.offset) } catch {
            throw .cannotRead(path: workingJournal, errno: error.code)
        }
        guard line.count == position.length, let count = LineChecksum.contentCount(of: line.span) else {
            throw .damaged(path: workingJournal, offset: position.offset)
        }
        buffer += line[..<count]
        buffer.append(literal: "}\n")
    }

    private static let bufferByteCount = 256 * 1024
}
