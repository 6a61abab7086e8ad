import Memory
import Publish
import Refunds
import Report
import Night

/// The state store as a person looks at it: `refund-recon state`. Only `settle` settles what a killed run left, and only
/// `forget` removes anything.
package struct StateInspection {
    private let store: NightStore

    /// Opens a store that exists.
    package init(path: String) throws(RunError) {
        do throws(StateError) { store = try NightStore(path: path, mayBeNew: false) } catch { throw RunError(error) }
    }

    /// A table of the nights that are kept.
    package func nightsTable(width: Int = 80) throws(RunError) -> String {
        let nights: [KeptNight]
        let unsettled: [UnsettledNight]
        do throws(StateError) { (nights, unsettled) = (try store.nights(), try store.unsettled()) } catch {
            throw RunError(error)
        }
        if nights.isEmpty, unsettled.isEmpty { return "no night is kept" }
        let table = ReportTable(
            "",
            [.words("Night"), .words("Opened from")] + ["Cases", "Open", "Orphans", "Breaks"].map { .figures($0) }
                + [.words("State")],
            nights.map { Self.row($0, $0.isStale ? "stale: run it again" : "good") }
                + unsettled.map { Self.row($0.kept, "being published") })
        return table.text(width: width) + unsettled.map { "\n" + Self.explanation($0) }.joined()
    }

    private static func row(_ night: KeptNight, _ state: String) -> [TableCell] {
        [
            .date(night.asOf), night.openedFrom.map { .date($0) } ?? .text("nothing"), .count(night.cases),
            .count(night.openCases), .count(night.orphans), .count(night.breaks), .text(state),
        ]
    }

    private static func explanation(_ night: UnsettledNight) -> String {
        let folder = VisibleText.escaped(night.place.folder)
        return switch night.place.standing(asOf: night.asOf) {
        case .published: "The run for \(night.asOf) was killed; its report is in \(folder). The next run settles it."
        case .notPublished:
            "The run for \(night.asOf) was killed; its report is not in \(folder). The next run settles it."
        case .unknown(let reason):
            "The run for \(night.asOf) was killed, and \(VisibleText.escaped(reason)). Its manifest would have the "
                + "SHA-256 \(night.place.manifestSHA256)."
        }
    }

    /// What a night handed on, as JSON Lines.
    ///
    /// - Parameters:
    ///   - asOf: nil for the last one.
    ///   - write: gets whole lines.
    package func export(_ asOf: CalendarDate?, _ write: ([UInt8]) throws -> Void) throws {
        let night: OpenedNight?
        do throws(StateError) {
            var day = asOf
            if day == nil { day = try store.nights().last?.asOf }
            night = try day.flatMap { day throws(StateError) in try store.night(day) }
        } catch { throw RunError(error) }
        guard let night else {
            throw RunError(.cannotOpenInput, asOf.map { "the night of \($0) is not kept" } ?? "no night is kept")
        }
        try NightExport(store: store, night: night).lines(write)
    }

    /// Forgets the nights that no report of that day or later needs; gives how many.
    package func forget(before asOf: CalendarDate) throws(RunError) -> Int {
        do throws(StateError) { return try store.forget(before: asOf) } catch { throw RunError(error) }
    }

    /// Checks the file, every night and every part; gives what is as it was written and what is not, each in one line.
    package func verify() throws(RunError) -> (good: [String], differences: [String]) {
        do throws(StateError) {
            let findings = try store.check()
            return (findings.good, findings.differences)
        } catch { throw RunError(error) }
    }

    /// Settles what killed runs left; gives a line for each night.
    ///
    /// - Parameter isPublished: what became of the report where its output folder does not say; nil if nobody knows.
    package func settle(isPublished: Bool?) throws(RunError) -> [String] {
        let unsettled: [UnsettledNight]
        do throws(StateError) { unsettled = try store.unsettled() } catch { throw RunError(error) }
        var lines: [String] = []
        for night in unsettled {
            let standing = try Self.standing(night, isPublished)
            do throws(StateError) { try store.settle(night, standing) } catch { throw RunError(error) }
            lines.append("\(night.asOf): \(standing == .published ? "published" : "not published")")
        }
        return lines
    }

    /// What became of a report by its folder and by what a person says, who cannot say otherwise than the folder.
    private static func standing(_ night: UnsettledNight, _ isPublished: Bool?) throws(RunError) -> ReportStanding {
        switch (night.place.standing(asOf: night.asOf), isPublished) {
        case (.published, false):
            throw RunError(.usage, "the report of \(night.asOf) is in \(night.place.folder): it was published")
        case (.notPublished, true):
            throw RunError(
                .usage, "the report of \(night.asOf) is not in \(night.place.folder): it was not published")
        case (.unknown, true): return .published
        case (.unknown, false): return .notPublished
        case (let standing, _): return standing
        }
    }
}
