import Memory
import Publish
import Refunds
import Report
import Night

/// The values of a report that come neither from its inputs nor from its parameters.
///
/// A run takes it from the clock, from the reports before it and from the state store; `verify --redo` takes it from the
/// report that it makes again.
struct RunOrigin: Sendable {
    let started: Instant
    /// The manifest that was published before in the same output folder; nil for the first report.
    let previous: ReportLink?
    /// The manifest of the report of the same day that this one replaces; nil if there is none.
    let replaces: ReportLink?
    /// Whether a key signs the manifest.
    let isSigned: Bool
    /// The cases of the reports of the days before.
    let usual: UsualPopulation
    /// The items that the night before left open; nil if no state is kept.
    let opening: NightOpening?
    let laterNights: LaterNights
    /// The SHA-256 of what the night hands on, as a report says it that is made again; nil where the run works it out.
    var statedDigest: String?
}

extension RunTrail {
    /// The run that makes the report, for the report.
    init(_ origin: RunOrigin, _ run: NightlyRun) {
        self.init(
            previous: origin.previous, replaces: origin.replaces, startedAt: origin.started, host: run.environment.host,
            user: run.environment.user, isSigned: origin.isSigned)
    }
}

extension NightlyRun {
    /// The beginning of this run. Only the holder of the output folder's lock may ask.
    func origin(_ output: OutputFolder, _ state: NightState) throws(RunError) -> RunOrigin {
        RunOrigin(
            started: environment.now(), previous: ManifestChain.last(in: output.path)?.report,
            replaces: ManifestChain.link(output.path, "\(parameters.asOf)")?.report,
            isSigned: parameters.signingKey != nil,
            usual: UsualPopulation(output: output.path, before: parameters.asOf), opening: state.memory?.opening,
            laterNights: try state.laterNights())
    }
}
