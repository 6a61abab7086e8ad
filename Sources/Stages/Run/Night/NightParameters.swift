/// What ties a run to the nights before it; without any of it a report stands alone.
package struct NightParameters: Sendable {
    /// The state store; nil where nothing is carried forward.
    package var state: String?
    /// For so many days the answer about a case whose refund has come to its end is used again; 0 asks every night.
    package var requeryAfterDays = 0
    /// For so many days after it was settled an order is remembered.
    package var rememberDays = 30

    /// What `rememberDays` may be.
    package static let rememberDays = 0...3650
    /// The Exceptions sheets saved as CSV that people have filled in.
    package var dispositions: [String] = []

    package init() {}

    var isEmpty: Bool { state == nil && dispositions.isEmpty }
}
