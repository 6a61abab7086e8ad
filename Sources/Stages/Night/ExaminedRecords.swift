import Memory
import Refunds
import Rules

/// All that a night examines: its records and answers, with those that the nights before handed on.
package struct ExaminedRecords: Sendable {
    /// By order, with the population itself.
    package let groups: OrderGroups
    /// The cases by their `lookupHash`.
    package let caseIndex: CaseIndex
    /// By case, its records but for the first.
    package let laterRecords: [Int: [LaterRecord]]
    /// Cases whose first record came again on a night before, just as it is.
    package let repeatedFirsts: Set<Int>
    /// By case, the key by which Atlas was asked, where that is another record's of the refund.
    package let askedKeys: [Int: RefundIdentity]
    /// The records that the nights before handed on; nil if no state is kept.
    package let carried: CarriedPlaces?
    /// How many of the cases have their first record from a night before.
    package let carriedCount: Int
    /// Of how many cases a record came tonight.
    package let readTonight: Int

    /// A record of a refund that a record before it is the case of.
    package struct LaterRecord: Sendable {
        package let record: RefundCase
        /// Whether it came again on a night before, just as it is.
        package let cameAgain: Bool

        package init(_ record: RefundCase, cameAgain: Bool) {
            self.record = record
            self.cameAgain = cameAgain
        }
    }

    package init(
        groups: OrderGroups, caseIndex: CaseIndex, laterRecords: [Int: [LaterRecord]], repeatedFirsts: Set<Int>,
        askedKeys: [Int: RefundIdentity], carried: CarriedPlaces?, carriedCount: Int, readTonight: Int
    ) {
        self.groups = groups
        self.caseIndex = caseIndex
        self.laterRecords = laterRecords
        self.repeatedFirsts = repeatedFirsts
        self.askedKeys = askedKeys
        self.carried = carried
        self.carriedCount = carriedCount
        self.readTonight = readTonight
    }

    package var population: Population { groups.population }
}
