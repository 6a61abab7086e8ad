import Night
import Files
import Memory
import Refunds
import Report
import Rules
import Schema
import Tasks
import XLSX

/// Writing the rows: judged on all tasks, some thousands at a time, and given to the formats in the report's order.
extension ReportStage {
    /// How many rows are judged and written by one task.
    private static let rowsPerChunk = 4096

    /// The sums and highlights gathered from the rows while they were written.
    struct WrittenRows {
        var context: ReportContext
        let highlights: Highlights
        var files: [OutputEvidence]
        let night: NightRows
    }

    /// The sums and highlights gathered from a chunk of rows.
    private struct Gathered: Sendable {
        var tally = SummaryTally()
        var highlights = Highlights()
        var night = NightRows()

        mutating func add(_ row: ResultRow, of reconciliation: Reconciliation, _ reader: RowReader?) {
            tally.add(row)
            reconciliation.addWebhooks(ofRow: row.ordinal, row, to: &tally)
            reader?.add(row, to: &night)
            highlights.add(row)
        }
    }

    var formats: [ReportFormat] { ReportFormat.allCases.filter(run.parameters.formats.contains) }

    /// Writes the files whose rows need no totals, and adds the totals up.
    func writeRows() async throws -> WrittenRows {
        let additions = additions
        let columns = ReportColumns(added: additions.columns)
        let sinks = try formats.flatMap { try $0.sinks(in: staging, columns: columns, fileNames: inputs.fileNames) }
        var summary = Summary()
        var highlights = Highlights()
        var night = NightRows()
        try await write(to: sinks, isGathering: true) { gathered in
            summary.merge(gathered.tally.summary)
            highlights.merge(gathered.highlights)
            night.merge(gathered.night)
        }
        var files: [OutputEvidence] = []
        for sink in sinks { files.append(try await sink.end(summary)) }
        return WrittenRows(
            context: try context(summary, inputs.fileNames, additions), highlights: highlights, files: files,
            night: night)
    }

    /// Writes the files whose rows need the totals first: the rows are judged once more.
    func writeRows(with context: ReportContext) async throws -> [OutputEvidence] {
        let effort = Effort()
        var files: [OutputEvidence] = []
        do {
            let sinks = try formats.flatMap {
                try $0.sinks(in: staging, context, mostWorkbookRows: run.parameters.mostWorkbookRows)
            }
            if sinks.isEmpty { return [] }
            try await write(to: sinks, isGathering: false) { _ in }
            for sink in sinks { files.append(try await sink.end(context.summary)) }
        } catch let error as WorkbookError {
            throw RunError(.cannotWrite, "\(WorkbookSink.fileName): \(error)")
        } catch let error as InputError { throw RunError(error) }
        run.environment.detail("workbook: \(reconciliation.rowCount) rows in \(effort)")
        return files
    }

    /// Judges all rows and gives them to the sinks.
    ///
    /// - Parameter consume: gets the sums and highlights of each chunk of rows, in their order.
    private func write(
        to sinks: [any RowSink], isGathering: Bool, consume: (Gathered) -> Void
    ) async throws {
        let makeChunks = sinks.map(\.makeChunk)
        let nightReader = nightReader
        let starts = Array(stride(from: 0, to: reconciliation.rowCount, by: Self.rowsPerChunk))
        try await parallelMap(starts, width: run.parameters.threads) { start in
            let chunks = makeChunks.map { $0(start) }
            let reader = nightReader.map { RowReader($0) }
            var gathered = Gathered()
            for index in start..<min(start + Self.rowsPerChunk, reconciliation.rowCount) {
                var row = reconciliation.row(index)
                row.ordinal = index
                reader?.read(&row)
                if isGathering { gathered.add(row, of: reconciliation, reader) }
                for chunk in chunks { try chunk.add(row) }
            }
            return (gathered, try chunks.map { try $0.end() })
        } consume: { gathered, parts in
            for (sink, part) in zip(sinks, parts) { try sink.append(part) }
            consume(gathered)
        }
    }
}
