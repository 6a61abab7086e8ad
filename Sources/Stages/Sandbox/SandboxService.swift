import JSON
import NIOCore
import Synchronization

/// The state that all connections of a sandbox share: answers, counts of attempts, statistics and open connections.
final class SandboxService: Sendable {
    private struct State {
        var statistics = SandboxStatistics()
        var attempts: [String: Int] = [:]
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
    }

    private let configuration: SandboxConfiguration
    private let responder: Responder
    private let hasFaults: Bool
    private let state = Mutex(State())

    init(data: SandboxData, configuration: SandboxConfiguration) {
        self.configuration = configuration
        responder = Responder(data: data, credentials: configuration.credentials)
        hasFaults = !configuration.faults.isEmpty || !data.scripts.isEmpty
    }

    var statistics: SandboxStatistics { state.withLock { $0.statistics } }

    // MARK: Requests

    /// The answer to a request. The request counts as being answered until `end`.
    func begin(_ request: SandboxRequest, reader: inout JSONReader, redirectBase: String) -> [SocketAction] {
        state.withLock { $0.statistics.begin(path: request.path) }
        let latency = SocketAction.wait(milliseconds: configuration.latencyMilliseconds)
        do {
            let call = try responder.admit(request, reader: &reader)
            guard let (kind, attempt) = nextFault(call) else {
                return [latency] + responder.answer(call).actions(for: request)
            }
            let fault = FaultActions(
                kind: kind, attempt: attempt, call: call, request: request, responder: responder,
                plan: configuration.faults, redirectBase: redirectBase)
            return [latency] + fault.actions()
        } catch {
            return [latency] + error.actions(for: request)
        }
    }

    func end() { state.withLock { $0.statistics.concurrentRequests -= 1 } }

    private func nextFault(_ call: RefundCall) -> (FaultKind, attempt: Int)? {
        guard hasFaults else { return nil }
        let key = call.attemptKey
        let attempt = state.withLock { state in
            state.attempts[key, default: 0] += 1
            return state.attempts[key, default: 1]
        }
        guard let kind = fault(of: call, key: key, attempt: attempt) else { return nil }
        state.withLock { $0.statistics.faults[kind, default: 0] += 1 }
        return (kind, attempt)
    }

    /// The plan's script goes before the data file's, and a script before chance.
    private func fault(of call: RefundCall, key: String, attempt: Int) -> FaultKind? {
        if let script = configuration.faults.scripts[call.key] ?? responder.data.scripts[call.key] {
            return attempt <= script.count ? script[attempt - 1] : nil
        }
        return configuration.faults.chance(seed: configuration.seed, key: key, attempt: attempt)
    }

    // MARK: Connections

    /// Takes a new connection in; false if the sandbox is stopping.
    func open(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.statistics.connections += 1
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func closed(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes every connection and waits until all are closed.
    func stop() async {
        let channels = state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}
