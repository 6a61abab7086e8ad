#if DEBUG
    import Query
    import Synchronization
    import Processes

    /// Kills the process at a step, as kill -9 does, for the tests: `KILL_AT_STEP=line-appended:3` when it is reached the third
    /// time. Only a debug build has it.
    final class KilledStep: Sendable {
        private let step: QueryStep
        /// How often the step is still to be reached.
        private let rest: Mutex<Int>

        init?(_ environment: [String: String]) {
            let parts = environment["KILL_AT_STEP"]?.split(separator: ":") ?? []
            guard parts.count == 2, let step = QueryStep(rawValue: String(parts[0])), let count = Int(parts[1]) else {
                return nil
            }
            self.step = step
            rest = Mutex(count)
        }

        func reached(_ step: QueryStep) {
            guard step == self.step else { return }
            rest.withLock { rest in
                rest -= 1
                if rest == 0 { Signals.killThisProcess() }
            }
        }
    }
#endif
