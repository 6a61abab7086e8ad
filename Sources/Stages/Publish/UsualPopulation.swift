import Files
import JSON
import Memory
import Refunds

/// How many refund cases the last reports of an output folder had.
package struct UsualPopulation: Sendable, Equatable {
    /// The refund cases of one report.
    package struct Report: Sendable, Equatable {
        package let asOf: CalendarDate
        package let cases: Int

        package init(asOf: CalendarDate, cases: Int) {
            self.asOf = asOf
            self.cases = cases
        }
    }

    /// The last report of each day, the latest day first.
    package let reports: [Report]
    package var populations: [Int] { reports.map(\.cases) }

    /// The number of days before the report's that count.
    package static let dayLimit = 7

    /// The number of cases that a report can have.
    package static let cases = 0...1_000_000_000_000

    package init(reports: [Report]) { self.reports = reports }

    /// Reads the reports of the days before one; an unreadable report counts as missing.
    package init(output: String, before asOf: CalendarDate) {
        let days = FileSystem.readableNames(in: output).filter { $0.utf8.count == 10 }.compactMap { CalendarDate($0) }
        reports = days.filter { $0 < asOf }.sorted(by: >).lazy
            .compactMap { day in
                Self.population("\(output)/\(day)/summary.json").map { Report(asOf: day, cases: $0) }
            }
            .prefix(Self.dayLimit).map { $0 }
    }

    /// How many cases a report had; nil if its summary.json does not say so.
    package static func population(_ path: String) -> Int? {
        guard let text = try? InputBytes(path: path).textBytes else { return nil }
        guard text.span.isValidUTF8, let summary = JSONTree(parsing: text.span) else { return nil }
        guard let accepted = summary["controls"]?["orders"]?["accepted"]?.int, cases ~= accepted else {
            return nil
        }
        // Cases of nights before of which a record came again; a report without a store has none.
        let again = summary["carriedForward"]?["casesReadAgain"]?.int ?? 0
        return cases ~= again ? accepted + again : nil
    }

    /// The one in the middle, of two the lower; nil if there is none.
    package var median: Int? { populations.isEmpty ? nil : populations.sorted()[(populations.count - 1) / 2] }

    /// The least number of cases that is a given share of the usual, in per cent; nil if nothing is usual.
    package func least(percent: Int) -> Int? { median.map { ($0 * percent + 99) / 100 } }

    /// Whether a number of cases is that share of the usual; true if there is no report yet.
    package func has(_ cases: Int, percent: Int) -> Bool { least(percent: percent).map { cases >= $0 } ?? true }

    package var text: String {
        guard let median else { return "there is no report before" }
        return populations.count == 1
            ? "the report before had \(median)" : "the \(populations.count) reports before had a median of \(median)"
    }
}
