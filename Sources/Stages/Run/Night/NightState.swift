import Files
import JSON
import Memory
import Publish
import Refunds
import Night

/// The state store of a run: opened at its beginning, written around the publication of its report.
struct NightState {
    /// What the nights before left; nil where no state is kept.
    let memory: NightMemory?
    private let store: NightStore?
    private let run: NightlyRun
    private let output: OutputFolder

    /// How many days a night can be run again, even if orders are remembered for a shorter time.
    private static let nightDays = 30

    /// Opens the store, if one is asked for, and settles what a killed run left in it.
    init(_ run: NightlyRun, _ output: OutputFolder) async throws {
        self.run = run
        self.output = output
        let night = run.parameters.night
        do {
            store = try night.state.map { path throws(StateError) in try NightStore(path: path) }
            try store?.settle { $0.place.standing(asOf: $0.asOf) }
            if let store {
                memory = try await NightMemory(
                    store, asOf: run.parameters.asOf, rememberDays: night.rememberDays, threads: run.parameters.threads)
            } else {
                memory = nil
            }
            if let stale = try store?.nights().first(where: { $0.isStale && $0.asOf < run.parameters.asOf }) {
                run.environment.warn(
                    "warning: the report of \(stale.asOf) is stale, and this one rests on it: run it again, and those "
                        + "after it, in their order, and then this one")
            }
            if let store { try noteMissingReport(store) }
        } catch let error as StateError { throw RunError(error) }
        try checkNoNightIsLost()
    }

    /// Says so if the last report before this one was published in the same folder and is not there any more: what is published in
    /// a folder whose volume is not mounted is hidden once it is.
    private func noteMissingReport(_ store: NightStore) throws(StateError) {
        guard let last = try store.nights().last(where: { $0.asOf < run.parameters.asOf }),
            last.folder == (FileSystem.realPath(output.path) ?? output.path),
            !ManifestChain.published(in: output.path).contains(last.manifestSHA256)
        else { return }
        run.environment.warn(
            "warning: \(output.path) does not have the report of \(last.asOf), which was published there: is its volume mounted?"
        )
    }

    /// A report between the last night of the store and this one, made with a store of that name, shows that this one is an older
    /// copy: what was open at the end of that night would be lost.
    private func checkNoNightIsLost() throws(RunError) {
        guard let opened = memory?.opening.asOf, let path = run.parameters.night.state else { return }
        let days = FileSystem.readableNames(in: output.path).compactMap { CalendarDate($0) }
            .filter { $0 > opened && $0 < run.parameters.asOf }
        for day in days.sorted() {
            guard let bytes = try? InputBytes(path: "\(output.path)/\(day)/manifest.json") else { continue }
            let text = bytes.textBytes
            guard let manifest = JSONTree(parsing: text.span), manifest["handsOn"] != nil,
                let stated = manifest["parameters"]?["state"]?.string,
                stated.split(separator: "/").last == path.split(separator: "/").last
            else { continue }
            throw RunError(
                .unusableInput,
                "the state \(path) ends with \(opened), and \(output.path) has the report of \(day), which was made with it: "
                    + "it is an older copy; put the newest one in its place, or run \(day) again first")
        }
    }

    /// The nights after this one.
    func laterNights() throws(RunError) -> LaterNights {
        do throws(StateError) { return LaterNights(try store?.nights() ?? [], asOf: run.parameters.asOf) } catch {
            throw RunError(error)
        }
    }

    /// Publishes the report and lets what it hands on count from then on.
    func publish(_ written: WrittenReport, _ publish: () throws -> Publication) throws -> Publication {
        guard let store, let draft = memory?.draft, let closed = written.closed else { return try publish() }
        let place = ReportPlace(
            manifestSHA256: written.manifest.manifestSHA256, folder: (FileSystem.realPath(output.path) ?? output.path),
            folderMark: try output.mark().text)
        let prepared: PreparedNight
        do throws(StateError) { prepared = try draft.prepare(place) } catch { throw RunError(error) }
        let publication: Publication
        do { publication = try publish() } catch {
            // What went wrong says more than what could go wrong here; the next run settles what is left.
            do throws(StateError) { try store.settle(prepared) { $0.place.standing(asOf: $0.asOf) } } catch {}
            throw error
        }
        do throws(StateError) {
            try store.confirm(prepared)
            let days = max(run.parameters.night.rememberDays, Self.nightDays)
            _ = try store.forgetAutomatically(before: run.parameters.asOf.adding(days: -days))
        } catch {
            run.environment.warn("warning: \(error); the report is published, and the next run settles the state")
        }
        for stale in closed.staleReports {
            run.environment.warn(
                "warning: the report of \(stale) rests on another end of \(run.parameters.asOf): run it again")
        }
        return publication
    }
}
