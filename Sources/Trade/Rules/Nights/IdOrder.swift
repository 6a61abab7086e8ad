import Memory
import Refunds

/// The places of rows in the order of their ids, in which a night's files have them. Rows with one id keep their order.
package struct IdOrder: Sendable {
    package let places: [Int32]

    /// - Parameter id: the id of the row at a place, from zero.
    package init(count: Int, id: (Int) -> BreakID) {
        // The first half of an id's first digits, and the place. Ids are hashes: few have these digits in common.
        var keys = (0..<count).map { id($0).high & ~UInt64(UInt32.max) | UInt64($0) }
        keys.sortByUpperHalf()
        var places = keys.map { Int32(truncatingIfNeeded: $0) }
        var start = 0
        while start < count {
            var end = start + 1
            while end < count, keys[end] >> 32 == keys[start] >> 32 { end += 1 }
            if end - start > 1 {
                places[start..<end].sort { left, right in
                    let (mine, theirs) = (id(Int(left)), id(Int(right)))
                    return mine == theirs ? left < right : mine < theirs
                }
            }
            start = end
        }
        self.places = places
    }
}

extension IdOrder {
    /// Calls `body` with the places of the rows of each id, in the order of the ids, one list after the other walked once.
    static func forEachID<Row: IdentifiedRow, Failure: Error>(
        _ order: IdOrder, _ rows: [Row], _ otherOrder: IdOrder, _ others: [Row],
        _ body: (ArraySlice<Int32>, ArraySlice<Int32>) throws(Failure) -> Void
    ) throws(Failure) {
        var (rest, otherRest) = (order.places[...], otherOrder.places[...])
        let last = BreakID(high: .max, low: .max)
        while !rest.isEmpty || !otherRest.isEmpty {
            let id = min(
                rest.first.map { rows[Int($0)].id } ?? last, otherRest.first.map { others[Int($0)].id } ?? last)
            let (some, other) = (rest.prefix { rows[Int($0)].id == id }, otherRest.prefix { others[Int($0)].id == id })
            (rest, otherRest) = (rest.dropFirst(some.count), otherRest.dropFirst(other.count))
            try body(some, other)
        }
    }
}

/// A row of the report that is followed from night to night.
package protocol IdentifiedRow {
    var id: BreakID { get }
}

extension OpenItem: IdentifiedRow {}
extension BreakRecord: IdentifiedRow {}

extension Array where Element: IdentifiedRow {
    /// Their places in the order of their ids.
    package var idOrder: IdOrder { IdOrder(count: count) { self[$0].id } }

    /// The same rows in the order of their ids.
    package var sortedByID: [Element] {
        let isSorted = indices.dropFirst().allSatisfy { self[$0 - 1].id <= self[$0].id }
        return isSorted ? self : idOrder.places.map { self[Int($0)] }
    }
}
