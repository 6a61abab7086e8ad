import Files
import Memory
import Refunds
import Report
import Run

/// Tells those who watch how a night ended. That they could not be told is said on standard error, and changes neither the
/// report nor the exit code.
struct NightWatch {
    let options: WatchOptions
    let asOf: CalendarDate
    let started: Instant

    func tell(_ outcome: NightEnding.Outcome, _ exitCode: Int32) async {
        let ending = NightEnding(asOf: asOf, started: started, ended: now(), exitCode: exitCode, outcome: outcome)
        if let path = options.metrics {
            do throws(SystemError) {
                let metrics = NightMetrics.render(ending, toolVersion: toolVersion)
                try FileSystem.replace(path, with: Array(metrics.utf8), isForAll: true)
            } catch { Terminal.error("refund-recon: the metrics could not be written: \(path): \(error)") }
        }
        guard let command = options.notify, ending.verdict > options.notifyWorseThan else { return }
        do throws(NotifyError) {
            try await NotifyCommand(command).run(
                input: ending.text + "\n", environment: Settings.environment().merging(variables(ending)) { $1 })
        } catch { Terminal.error("refund-recon: \(error)") }
    }

    /// Variables for the command. `run` takes none of these names for a setting.
    private func variables(_ ending: NightEnding) -> [String: String] {
        var variables = [
            "RECON_VERDICT": ending.verdict.rawValue, "RECON_EXIT_CODE": String(ending.exitCode),
            "RECON_AS_OF": asOf.description,
        ]
        if case .published(let result) = ending.outcome { variables["RECON_REPORT"] = result.folder }
        if let verdict = ending.reportVerdict {
            variables["RECON_COMPLETE"] = verdict.isComplete ? "true" : "false"
            variables["RECON_RESULT"] = verdict.result.rawValue
        }
        return variables
    }
}
