import Files
import Ingest
import Memory
import Publish
import Query
import Refunds
import Night

/// Compares what a report took from the reports before it with these reports, as they were then: of each day the one that
/// was published last before it.
struct RedoNeighbours {
    private let stated: StatedReport
    /// The carried part of the report; nil if no state was kept.
    private let carried: CarriedRecords?
    /// The output folder.
    private let output: String
    /// Every report that was published before this one, by day, the last one first.
    private let earlier: [CalendarDate: [ManifestChain.Link]]

    init(_ stated: StatedReport, _ carried: CarriedRecords?) {
        self.stated = stated
        self.carried = carried
        output = Self.parent(stated.folder)
        var earlier: [CalendarDate: [ManifestChain.Link]] = [:]
        let links = ManifestChain.links(in: output).filter { $0.sequence < stated.sequence }
        for link in links.sorted(by: { $0.sequence > $1.sequence }) {
            if let day = CalendarDate(link.asOf) { earlier[day, default: []].append(link) }
        }
        self.earlier = earlier
    }

    private static func parent(_ folder: String) -> String {
        let path = (FileSystem.realPath(folder) ?? folder)
        let parent = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        return parent.isEmpty ? "/" : parent
    }

    func findings() async throws -> [ReportRedo.Finding] {
        replaced() + usual() + (stated.state == nil ? [] : try await opening())
    }

    private func folder(_ link: ManifestChain.Link) -> String { "\(output)/\(link.folder)" }

    /// The folder of the report of a day, as it was then.
    private func folder(_ day: CalendarDate) -> String? { earlier[day]?.first.map { folder($0) } }

    /// The report of the same day that it says it replaces.
    private func replaced() -> [ReportRedo.Finding] {
        let (says, was) = (stated.replaces, earlier[stated.asOf]?.first)
        if says?.sequence == was?.sequence, says?.manifestSHA256 == was?.sha256 { return [] }
        guard let was else {
            return [
                .notProved("this report replaces the report \(says?.sequence ?? 0), which is not in the same folder")
            ]
        }
        return [.differs("manifest.json: replaces does not name the report in \(was.folder)")]
    }

    // MARK: The usual number of cases

    private func usual() -> [ReportRedo.Finding] {
        var findings: [ReportRedo.Finding] = []
        var known: [UsualPopulation.Report] = []
        for report in stated.usual.reports {
            let found = folder(report.asOf).flatMap { UsualPopulation.population("\($0)/summary.json") }
            guard let found else {
                findings.append(
                    .notProved(
                        """
                        usualPopulation has a report of \(report.asOf) with \(report.cases) cases, which is not in the \
                        same folder or has no summary.json
                        """
                    ))
                continue
            }
            known.append(report)
            if found != report.cases {
                findings.append(
                    .differs(
                        "manifest.json: usualPopulation gives the report of \(report.asOf) \(report.cases) cases, it has \(found)"
                    ))
            }
        }
        findings += leftOut().map { .differs("manifest.json: usualPopulation leaves out the report of \($0)") }
        if findings.isEmpty, !known.isEmpty {
            findings.append(.same("the usual number of cases is that of the \(known.count) reports before this one"))
        }
        return findings
    }

    /// Days with a report that should have been among the usual ones.
    private func leftOut() -> [CalendarDate] {
        let listed = stated.usual.reports.map(\.asOf)
        let oldest = listed.count < UsualPopulation.dayLimit ? nil : listed.min()
        return earlier.keys.sorted().filter { day in
            day < stated.asOf && day > oldest ?? CalendarDate(daysSinceEpoch: .min) && !listed.contains(day)
                && folder(day).flatMap { UsualPopulation.population("\($0)/summary.json") } != nil
        }
    }

    // MARK: Carried forward

    private func opening() async throws -> [ReportRedo.Finding] {
        let nights = try nightsBefore()
        guard let openedFrom = stated.openedFrom else {
            return nights.last.map {
                [
                    .notProved(
                        """
                        this report says that it is the first night of its store, but there is a report of \($0.asOf) with \
                        the same store
                        """)
                ]
            } ?? [.same("it is the first night of its store")]
        }
        if let later = nights.last(where: { $0.asOf > openedFrom }) {
            return [
                .notProved(
                    """
                    this report was opened from \(openedFrom), but there is a report of \(later.asOf) with the same store
                    """
                )
            ]
        }
        // The same store may have been given by another path.
        let handsOn = nights.last { $0.asOf == openedFrom }?.handsOn ?? handedOn(openedFrom)
        guard let handsOn else {
            return [
                .notProved(
                    """
                    the report of \(openedFrom), from which this one was opened, is not in the same folder: where the carried \
                    files come from
                    """
                )
            ]
        }
        // A store of the former version handed on whole files.
        if handsOn[CarriedFileName.orders] != nil {
            return [
                .notProved(
                    """
                    what was carried: the store of the report of \(openedFrom) was of the former version, and was taken over
                    """)
            ]
        }
        if let closing = folder(openedFrom).flatMap({ StatedSummary(folder: $0).closingDigest }),
            closing != StatedSummary(folder: stated.folder).openingDigest
        {
            return [.differs("openingDigest is not the closingDigest of the report of \(openedFrom)")]
        }
        let differing = handsOn.filter { stated.outputs[$0.key] != $0.value }.keys.sorted()
        if !differing.isEmpty {
            return differing.map { .differs("\($0) is not what the report of \(openedFrom) hands on") }
        }
        return [
            .same("what was open is what the report of \(openedFrom) hands on (to prove that one, redo it too)")
        ]
            + (try await answers())
    }

    /// The reports of the days before with the same store, as they were then, by day.
    private func nightsBefore() throws -> [StatedReport] {
        try earlier.filter { $0.key < stated.asOf }.sorted { $0.key < $1.key }.compactMap { _, links in
            try Task.checkCancellation()
            return reports(links).first { $0.state == stated.state }
        }
    }

    /// The files that the report of a day hands on, by any name of its store.
    private func handedOn(_ day: CalendarDate) -> [String: String]? {
        reports(earlier[day] ?? []).first { $0.handsOn != nil }?.handsOn
    }

    /// One that this version cannot read was made by another; whether a manifest was changed the chain says.
    private func reports(_ links: [ManifestChain.Link]) -> some Sequence<StatedReport> {
        links.lazy.compactMap { try? StatedReport(folder: folder($0)) }
    }

    // MARK: Answers that were used again

    /// Each must be in the journal of the night that received it.
    private func answers() async throws -> [ReportRedo.Finding] {
        var findings: [ReportRedo.Finding] = []
        for (day, answers) in Dictionary(grouping: carried?.answers ?? [], by: \.receivedFor).sorted(by: {
            $0.key < $1.key
        }) {
            let count = "\(answers.count) answers of \(day)"
            guard let journals = journals(day), let differing = try await differing(answers, from: journals) else {
                findings.append(.notProved("the journal with \(count) cannot be found"))
                continue
            }
            findings.append(
                differing == 0
                    ? .same("\(count) are what its journal says")
                    : .differs("\(differing) of the \(count) are not what its journal says"))
        }
        return findings
    }

    /// The journals of a night: the one that it published, else those that it was given and that are where they were.
    private func journals(_ day: CalendarDate) -> [(path: String, sha256: String)]? {
        guard let folder = folder(day), let night = try? StatedReport(folder: folder) else { return nil }
        if let sha256 = night.outputs[StatedReport.journalName] {
            return [("\(folder)/\(StatedReport.journalName)", sha256)]
        }
        return night.inputs.filter { $0.role == "statusJournal" }.map { ($0.path, $0.sha256) }
    }

    /// How many answers are not those of some journals; nil if one of these cannot be read, or is not what it was.
    private func differing(
        _ answers: [RememberedAnswer], from journals: [(path: String, sha256: String)]
    ) async throws -> Int? {
        // Whatever it is, it has no part in finding an answer.
        guard let currency = Currency("USD") else { return nil }
        let asked = answers.map { answer in
            var refundCase = RefundCase(
                currency: currency, requestedAt: answer.receivedFor, source: SourceLine(file: 0, line: 0))
            (refundCase.orderNo, refundCase.refundCode) = (answer.key.orderNo, answer.key.refundCode)
            (refundCase.airlinePNR, refundCase.carrier) = (answer.key.airlinePNR, answer.key.carrier)
            return refundCase
        }
        var reader = JournalReader(cases: asked)
        do {
            for (number, journal) in journals.enumerated() {
                let file = try InputFile(path: journal.path)
                // No pipe or device holds the check up.
                guard file.isRegular else { return nil }
                try await reader.read(file, file: Int32(number), threads: 1)
                guard file.content?.sha256 == journal.sha256 else { return nil }
            }
        } catch is InputError { return nil }
        return answers.indices.count { index in
            let found = reader.answers[index]
            return found?.outcome != .ok(answers[index].entries) || found?.queriedAt != answers[index].queriedAt
        }
    }
}
