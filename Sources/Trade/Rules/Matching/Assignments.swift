import Memory
import Refunds

/// What the webhooks of an order say about one of its cases (RULES.md, "Webhooks").
struct MatchedWebhooks: Sendable, Equatable {
    /// The case's webhooks without duplicates, as indices into the population, in the order in which they count.
    var assigned = Few<Int32>()
    /// The one that counts.
    var effective: Int32?
    /// The webhooks that said the same as another and were dropped (DUPLICATE_WEBHOOK).
    var duplicates = Few<Int32>()
    /// Whether one was assigned although its total is not the case's and the order has several cases (AMBIGUOUS_MATCH).
    var isAmbiguous = false
    /// Whether two terminal ones differ (WEBHOOK_REVISED).
    var isRevised = false
    /// Whether the order has several cases and the effective one's currency or total is not the case's.
    var isEffectiveMisfit = false

    init() {}

    /// The only webhook of an order with one case.
    init(only webhook: Int32) {
        assigned = [webhook]
        effective = webhook
    }
}

/// What each case got. Most got one webhook or none, and need no room but their own.
struct Assignments: Sendable {
    private enum Assigned {
        case none
        case only(webhook: Int32)
        /// The place of what the case got in the list of all that got more.
        case several(place: Int32)
    }

    private var byCase: [Assigned]
    private var several: [MatchedWebhooks] = []
    /// How many webhooks were assigned.
    private(set) var assignedCount = 0

    init(caseCount: Int, _ matches: [OrderMatches]) {
        byCase = [Assigned](repeating: .none, count: caseCount)
        for matches in matches {
            for pair in matches.pairs { byCase[Int(pair.case)] = .only(webhook: pair.webhook) }
            assignedCount += matches.pairs.count
            for other in matches.others {
                byCase[Int(other.case)] = .several(place: Int32(several.count))
                several.append(other.matched)
                assignedCount += other.matched.assigned.count
            }
        }
    }

    /// The webhooks that were dropped as duplicates, in any order.
    var duplicates: [Int32] { several.flatMap(\.duplicates) }

    /// What a case got.
    subscript(index: Int) -> MatchedWebhooks {
        switch byCase[index] {
        case .none: MatchedWebhooks()
        case .only(let webhook): MatchedWebhooks(only: webhook)
        case .several(let place): several[Int(place)]
        }
    }
}
