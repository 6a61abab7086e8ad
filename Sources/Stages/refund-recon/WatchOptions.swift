import ArgumentParser
import Run

/// Who hears of a night, and the key that signs its report.
struct WatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Sign the manifest with the Ed25519 key in this PEM file, readable by its owner only.", valueName: "file"))
    var signingKey: String?

    @Option(
        help: ArgumentHelp(
            "Write metrics of the run there, for node_exporter's textfile collector; of a failed run too.",
            valueName: "file"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "Run this by /bin/sh, with the summary on standard input, when the night was bad.", valueName: "command"))
    var notify: String?

    @Option(
        help: ArgumentHelp(
            "Which nights are bad: those worse than reconciled, outstanding, breaks or incomplete.",
            valueName: "verdict"))
    var notifyWorseThan = NightVerdict.outstanding

    func validate() throws {
        if let metrics, !metrics.hasSuffix(".prom") {
            throw ValidationError("--metrics \(metrics) must end in .prom, or no collector reads it.")
        }
        if notifyWorseThan == .failed { throw ValidationError("Nothing is worse than failed.") }
    }
}

extension NightVerdict: ExpressibleByArgument {
    package init?(argument: String) { self.init(word: argument) }
}
