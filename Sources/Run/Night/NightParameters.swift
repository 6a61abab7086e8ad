/// What ties a run to the nights before it; without any of it a report stands alone.
public struct NightParameters: Sendable {
    /// The state store; nil where nothing is carried forward.
    public var state: String?
    /// For so many days the answer about a case whose refund has come to its end is used again; 0 asks every night.
    public var requeryAfterDays = 0
    /// For so many days after it was settled an order is remembered.
    public var rememberDays = 30

    /// What `rememberDays` may be.
    public static let rememberDays = 0...3650
    /// The Exceptions sheets saved as CSV that people have filled in.
    public var dispositions: [String] = []

    public init() {}

    var isEmpty: Bool { state == nil && dispositions.isEmpty }
}
