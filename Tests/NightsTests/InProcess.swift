import Memory
import Night
import NightSupport
import Refunds
import Report
import Run
import Verify

extension NightRunner {
    /// Runs in this process: a run takes a few milliseconds.
    static let inProcess = NightRunner(
        run: { request in
            var parameters = RunParameters(asOf: request.asOf)
            parameters.orders = request.orders
            parameters.webhooks = request.webhooks
            parameters.statusSource = .journals(request.journals)
            parameters.output = request.output
            parameters.formats = [.csv]
            parameters.audits.rules = request.auditsRules
            parameters.night.state = request.state
            parameters.night.requeryAfterDays = request.requeryAfterDays
            parameters.night.dispositions = request.dispositions.map { [$0] } ?? []
            do { try await run(NightlyRun(parameters, environment)) } catch let failure as RunError {
                throw NightFailure("exit \(failure.exitCode), \(failure.message)")
            }
        },
        forget: { state, asOf in
            do throws(RunError) { _ = try StateInspection(path: state).forget(before: asOf) } catch {
                throw NightFailure("forget-before \(asOf): \(error.message)")
            }
        },
        verify: { folder in
            do throws(VerifyFailure) {
                return try Verification(folder: folder).lines.filter { $0.kind == .differs }.map(\.text)
            } catch { throw NightFailure("verify: \(error.message)") }
        },
        redo: { folder in
            do {
                let redo = try await ReportRedo(
                    folder: folder, inputs: nil, toolVersion: environment.toolVersion, threads: 1)
                return redo.findings.compactMap { finding in
                    switch finding {
                    case .differs(let text), .notProved(let text): text
                    case .same, .beyond: nil
                    }
                }
            } catch let failure as RunError { throw NightFailure("redo: \(failure.message)") }
        })

    /// Runs a night. A command that another suite starts holds every lock of this process from its fork until it executes: the
    /// lock of the night before is free a little later.
    private static func run(_ night: NightlyRun) async throws {
        for _ in 0..<100_000 {
            do {
                _ = try await night.run()
                return
            } catch let failure as RunError where failure.kind == .locked { await Task.yield() }
        }
        _ = try await night.run()
    }

    private static let environment = RunEnvironment(
        toolVersion: "test", host: "host", user: "user", now: { Instant(secondsSinceEpoch: 1_770_000_000) },
        log: { _ in }, warn: { _ in }, progress: { _ in })
}
