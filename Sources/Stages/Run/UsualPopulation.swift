import Files
import JSON
import Memory
import Refunds

/// How many refund cases the last reports of an output folder had.
struct UsualPopulation: Sendable, Equatable {
    /// The refund cases of one report.
    struct Report: Sendable, Equatable {
        let asOf: CalendarDate
        let cases: Int
    }

    /// The last report of each day, the latest day first.
    let reports: [Report]
    var populations: [Int] { reports.map(\.cases) }

    /// So many days before the report's are looked at.
    static let dayLimit = 7

    /// What a report can hold; anything else is no population.
    static let cases = 0...1_000_000_000_000

    init(reports: [Report]) { self.reports = reports }

    /// Reads the reports of the days before one; what cannot be read counts as not there.
    init(output: String, before asOf: CalendarDate) {
        let days = folderNames(output).filter { $0.utf8.count == 10 }.compactMap { CalendarDate($0) }
        reports = days.filter { $0 < asOf }.sorted(by: >).lazy
            .compactMap { day in
                Self.population("\(output)/\(day)/summary.json").map { Report(asOf: day, cases: $0) }
            }
            .prefix(Self.dayLimit).map { $0 }
    }

    /// How many cases a report had; nil if its summary.json does not say so.
    static func population(_ path: String) -> Int? {
        guard let summary = try? InputBytes(path: path) else { return nil }
        let document = JSONDocument()
        guard summary.text.isValidUTF8, document.parse(summary.text) == nil else { return nil }
        guard let accepted = document.root["controls"]?["orders"]?["accepted"]?.int, cases ~= accepted else {
            return nil
        }
        // Cases of nights before of which a record came again; a report without a store has none.
        let again = document.root["carriedForward"]?["casesReadAgain"]?.int ?? 0
        return cases ~= again ? accepted + again : nil
    }

    /// The one in the middle, of two the lower; nil if there is none.
    var median: Int? { populations.isEmpty ? nil : populations.sorted()[(populations.count - 1) / 2] }

    /// The least number of cases that is so many per cent of the usual; nil if nothing is usual.
    func least(percent: Int) -> Int? { median.map { ($0 * percent + 99) / 100 } }

    /// Whether so many cases are that share of the usual. Where there is no report yet, they are.
    func has(_ cases: Int, percent: Int) -> Bool { least(percent: percent).map { cases >= $0 } ?? true }

    var text: String {
        guard let median else { return "there is no report before" }
        return populations.count == 1
            ? "the report before had \(median)" : "the \(populations.count) reports before had a median of \(median)"
    }
}
