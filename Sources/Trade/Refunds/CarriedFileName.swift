/// The files of a report that hold what it had from the nights before.
public enum CarriedFileName {
    public static let orders = "carried-orders.jsonl"
    public static let webhooks = "carried-webhooks.jsonl"
    public static let answers = "carried-answers.jsonl"
    /// Files that no row names: the items that were open, and the breaks.
    public static let items = "carried-open-items.jsonl"
    public static let breaks = "carried-breaks.jsonl"
    public static let all = [orders, webhooks, answers, items, breaks]
}
