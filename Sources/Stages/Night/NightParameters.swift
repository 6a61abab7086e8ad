/// Options that link a run to the nights before it.
package struct NightParameters: Sendable {
    /// The state store; nil where nothing is carried forward.
    package var state: String?
    /// How many days the answer about a case whose refund has ended is used again; 0 asks every night.
    package var requeryAfterDays = 0
    /// How many days after it was settled an order is remembered.
    package var rememberDays = 30

    /// The values that `rememberDays` may have.
    package static let rememberDays = 0...3650
    /// The Exceptions sheets saved as CSV that people have filled in.
    package var dispositions: [String] = []

    package init() {}

    package var isEmpty: Bool { state == nil && dispositions.isEmpty }
}
