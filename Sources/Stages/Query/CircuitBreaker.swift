/// Holds requests back while most of them fail, and lets a few through from time to time to see whether that is over
/// (FORMATS.md, "Statuses: the query and its journal"). Pure: times come in, decisions go out.
package struct CircuitBreaker: Sendable {
    package struct Settings: Sendable {
        /// The number of latest calls that decide; with fewer it stays closed.
        package var window = 100
        /// It opens at this number of failures in a hundred.
        package var failurePercent = 50
        package var openFor: Duration = .seconds(5)
        /// The number of requests that decide, when the time is over, whether it closes.
        package var probes = 10
        /// How soon to ask again while the probes are out.
        package var probePoll: Duration = .milliseconds(50)

        package init() {}
    }

    package enum Decision: Sendable, Equatable {
        case go(Permit)
        case wait(until: Duration)
    }

    /// Belongs to one request; its result is reported with it.
    package struct Permit: Sendable, Equatable { fileprivate let generation: Int }

    private enum State {
        case closed
        case open(until: Duration)
        case halfOpen(admitted: Int, succeeded: Int, failed: Int)
    }

    private let settings: Settings
    private var state = State.closed
    /// Results of requests that were sent in an earlier state say nothing about this one.
    private var generation = 0
    /// The latest results, oldest overwritten first; true for a failure.
    private var results: [Bool] = []
    private var oldest = 0
    private var failures = 0

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// When a request may be tried; nil for now. It changes nothing.
    package func heldUntil(now: Duration) -> Duration? {
        switch state {
        case .closed: nil
        case .open(let until): until > now ? until : nil
        case .halfOpen(let admitted, _, _): admitted < settings.probes ? nil : now + settings.probePoll
        }
    }

    /// Whether it is open, and lets nothing through.
    package func isOpen(now: Duration) -> Bool {
        guard case .open(let until) = state else { return false }
        return until > now
    }

    /// Whether it lets everything through.
    package var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Forgets how the latest requests ended: if it is closed it takes a full window again, else it lets probes through now.
    package mutating func startAfresh(now: Duration) {
        if isClosed {
            close()
        } else {
            generation += 1
            state = .open(until: now)
        }
    }

    /// Asks for one request that is sent at once if it may go.
    package mutating func admit(now: Duration) -> Decision {
        if let until = heldUntil(now: now) { return .wait(until: until) }
        switch state {
        case .closed: break
        case .open:
            generation += 1
            state = .halfOpen(admitted: 1, succeeded: 0, failed: 0)
        case .halfOpen(let admitted, let succeeded, let failed):
            state = .halfOpen(admitted: admitted + 1, succeeded: succeeded, failed: failed)
        }
        return .go(Permit(generation: generation))
    }

    /// A permitted request has ended.
    package mutating func record(isFailure: Bool, permit: Permit, now: Duration) {
        guard permit.generation == generation else { return }
        switch state {
        case .open: break
        case .closed:
            note(isFailure)
            if results.count == settings.window, failures * 100 >= settings.failurePercent * settings.window {
                open(now: now)
            }
        case .halfOpen(let admitted, var succeeded, var failed):
            if isFailure { failed += 1 } else { succeeded += 1 }
            state = .halfOpen(admitted: admitted, succeeded: succeeded, failed: failed)
            if failed * 100 >= settings.failurePercent * settings.probes {
                open(now: now)
            } else if (settings.probes - succeeded) * 100 < settings.failurePercent * settings.probes {
                // However the rest of the probes end, too few fail.
                close()
            }
        }
    }

    private mutating func note(_ isFailure: Bool) {
        if results.count < settings.window {
            results.append(isFailure)
        } else {
            if results[oldest] { failures -= 1 }
            results[oldest] = isFailure
            oldest = (oldest + 1) % settings.window
        }
        if isFailure { failures += 1 }
    }

    private mutating func open(now: Duration) {
        generation += 1
        state = .open(until: now + settings.openFor)
    }

    private mutating func close() {
        generation += 1
        state = .closed
        results.removeAll(keepingCapacity: true)
        oldest = 0
        failures = 0
    }
}
