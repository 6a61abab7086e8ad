import Memory
import Refunds

/// What a run is asked to do.
package struct NightRequest: Sendable {
    package var asOf: CalendarDate
    package var orders: [String] = []
    package var webhooks: [String] = []
    package var journals: [String] = []
    package var output: String
    /// nil for a run without a store.
    package var state: String?
    package var requeryAfterDays = 0
    package var auditsRules = false
    /// A file of decisions: with it a report without a store has the ids of its breaks.
    package var dispositions: String?
}

/// What runs the nights: in this process or as processes of the command.
package struct NightRunner: Sendable {
    /// Runs a night; throws `NightFailure` if nothing is published.
    package let run: @Sendable (NightRequest) async throws -> Void
    /// Forgets the nights before a day that no later report needs.
    let forget: @Sendable (_ state: String, CalendarDate) async throws -> Void
    /// Verifies a report; gives the lines that differ.
    let verify: @Sendable (_ folder: String) async throws -> [String]
    /// Makes a report again from its inputs; gives what differs.
    let redo: @Sendable (_ folder: String) async throws -> [String]

    package init(
        run: @escaping @Sendable (NightRequest) async throws -> Void,
        forget: @escaping @Sendable (_ state: String, CalendarDate) async throws -> Void,
        verify: @escaping @Sendable (_ folder: String) async throws -> [String],
        redo: @escaping @Sendable (_ folder: String) async throws -> [String]
    ) {
        self.run = run
        self.forget = forget
        self.verify = verify
        self.redo = redo
    }
}

/// A night that was not published, or a command that failed.
package struct NightFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
