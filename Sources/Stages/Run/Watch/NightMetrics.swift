import Memory
import Refunds
import Report

/// The metrics of a night for Prometheus, as node_exporter's textfile collector reads them.
///
/// Amounts are exact decimals here; Prometheus keeps 15 to 17 digits of them.
package enum NightMetrics {
    package static func render(_ ending: NightEnding, toolVersion: String) -> String {
        var metrics = PrometheusText()
        addEnding(ending, toolVersion, to: &metrics)
        if case .published(let result) = ending.outcome { addReport(result, to: &metrics) }
        return metrics.text
    }

    private static func addEnding(_ ending: NightEnding, _ toolVersion: String, to metrics: inout PrometheusText) {
        var isPublished = false
        if case .published = ending.outcome { isPublished = true }
        metrics.add(
            "refund_recon_build_info", "The version of the tool; always 1.", [.init(1, ("version", toolVersion))])
        metrics.add(
            "refund_recon_last_run_timestamp_seconds", "When the last run ended.", [.init(seconds(ending.ended))])
        metrics.add(
            "refund_recon_last_run_duration_seconds", "How long the last run took.",
            [.init(duration(from: ending.started, to: ending.ended))])
        metrics.add(
            "refund_recon_last_run_success", "Whether the last run published its report.", isPublished ? 1 : 0)
        metrics.add("refund_recon_last_run_exit_code", "The exit code of the last run.", Int(ending.exitCode))
        metrics.add(
            "refund_recon_last_run_verdict", "1 for the verdict of the last run, 0 for every other.",
            NightVerdict.allCases.map { .init($0 == ending.verdict ? 1 : 0, ("verdict", $0.rawValue)) })
        metrics.add(
            "refund_recon_last_run_complete", "Whether the last run published a report that is complete.",
            ending.reportVerdict?.isComplete == true ? 1 : 0)
        metrics.add(
            "refund_recon_last_run_as_of_timestamp_seconds",
            "The beginning, in UTC, of the day that the last run was for.",
            Int(ending.asOf.daysSinceEpoch) * 86_400)
    }

    private static func addReport(_ result: RunResult, to metrics: inout PrometheusText) {
        let verdict = Verdict(result.context)
        metrics.add(
            "refund_recon_report_result", "1 for what the known part of the report comes to, 0 for every other.",
            Verdict.Result.allCases.map { .init($0 == verdict.result ? 1 : 0, ("result", $0.rawValue)) })
        metrics.add("refund_recon_report_sequence", "The report's number in its chain.", result.sequence)
        metrics.add(
            "refund_recon_report_info", "The report's manifest, to be held against the chain; always 1.",
            [.init(1, ("as_of", result.context.asOf.description), ("manifest_sha256", result.manifestSHA256))])
        addCounts(result, to: &metrics)
        addAmounts(result.summary.totals, to: &metrics)
        for (name, help, value) in [
            ("input_bytes", "Bytes of the inputs.", \InputEvidence.bytes),
            ("input_records", "Records of the inputs, refused ones included.", \InputEvidence.recordCount),
        ] {
            let byRole = Dictionary(grouping: result.context.inputs, by: \.role)
            metrics.add(
                "refund_recon_\(name)", help,
                byRole.sorted { $0.key < $1.key }.map { role, inputs in
                    .init(inputs.reduce(0) { $0 + $1[keyPath: value] }, ("role", role))
                })
        }
    }

    private static func addCounts(_ result: RunResult, to metrics: inout PrometheusText) {
        metrics.add(
            "refund_recon_cases", "Refund cases by outcome.",
            Outcome.allCases.map { .init(result.summary.cases[$0] ?? 0, ("outcome", $0.rawValue)) })
        metrics.add(
            "refund_recon_exception_rows", "Rows of the report by exception code.",
            ExceptionCode.allCases.map {
                .init(
                    result.summary.exceptions[$0] ?? 0, ("code", $0.rawValue), ("severity", $0.severity.rawValue))
            })
        metrics.add("refund_recon_rejected_records", "Records that were refused.", result.rejectCount)
        let queries = result.controls.queries
        metrics.add(
            "refund_recon_queries", "Cases by what became of their status query.",
            [
                .init(queries.ok, ("result", "ok")), .init(queries.failed, ("result", "failed")),
                .init(queries.notQueryable, ("result", "not_queryable")),
            ])
        metrics.add(
            "refund_recon_unanswered_queries", "Cases whose status query has no answer, by cause.",
            result.context.queryFailures.byCause(most: mostCauses).map { .init($0.count, ("cause", $0.cause)) })
    }

    /// A server that makes up statuses must not make a time series of each.
    private static let mostCauses = 20

    private static func addAmounts(_ totals: [Currency: CurrencyTotals], to metrics: inout PrometheusText) {
        let amounts: [(String, String, KeyPath<CurrencyTotals, Total>)] = [
            ("expected_refund", "Refunds expected, in units of the currency.", \.expected.refund),
            ("final_refund", "Refunds paid, in units of the currency.", \.final.refund),
            ("refund_short", "What came too little, below zero, in units of the currency.", \.short),
            ("refund_over", "What came too much, in units of the currency.", \.over),
            (
                "refund_at_risk",
                "Expected refunds of cases rejected, withdrawn, overdue or unverified, in units of the currency.",
                \.atRisk
            ),
            ("refund_open", "Expected refunds of cases pending, in units of the currency.", \.inProgress),
        ]
        for (name, help, path) in amounts {
            metrics.add(
                "refund_recon_\(name)", help,
                totals.sorted { $0.key < $1.key }.map { currency, sums in
                    .init(sums[keyPath: path].formatted(currency), ("currency", currency.code))
                })
        }
    }

    private static func seconds(_ instant: Instant) -> String {
        "\(instant.secondsSinceEpoch).\(padded(Int(instant.nanoseconds) / 1_000_000))"
    }

    /// 0 if the clock was set back.
    private static func duration(from start: Instant, to end: Instant) -> String {
        let seconds = end.secondsSinceEpoch - start.secondsSinceEpoch
        let milliseconds = max(0, seconds * 1000 + Int64(end.nanoseconds - start.nanoseconds) / 1_000_000)
        return "\(milliseconds / 1000).\(padded(Int(milliseconds % 1000)))"
    }

    private static func padded(_ milliseconds: Int) -> String {
        String(repeating: "0", count: 3 - String(milliseconds).utf8.count) + String(milliseconds)
    }
}

extension InputEvidence {
    fileprivate var recordCount: Int { figures?.records ?? 0 }
}
