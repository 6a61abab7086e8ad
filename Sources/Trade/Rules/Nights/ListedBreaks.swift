import Memory
import Refunds

/// Some breaks of the nights before as tonight leaves them. The records stay where they are: only their places are listed.
package struct ListedBreaks: RandomAccessCollection, Sendable, Equatable {
    private let records: [BreakRecord]
    private let places: [Int32]
    /// In how many nights more they have been open by now.
    private let moreNights: Int

    init(_ records: [BreakRecord], places: [Int32], moreNights: Int) {
        self.records = records
        self.places = places
        self.moreNights = moreNights
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(position: Int) -> BreakRecord {
        var record = records[Int(places[position])]
        record.nights += moreNights
        return record
    }
}

/// The breaks that are open at the end of a night, in the order of their ids. The records stay where they are.
package struct OpenBreaks: RandomAccessCollection, Sendable {
    private let tonight: [ExaminedBreak]
    private let notExamined: ListedBreaks
    /// Places in these two, one after the other.
    private let places: [Int32]

    init(_ tonight: [ExaminedBreak], _ notExamined: ListedBreaks) {
        self.tonight = tonight
        self.notExamined = notExamined
        let order = IdOrder(count: tonight.count + notExamined.count) { place in
            place < tonight.count ? tonight[place].record.id : notExamined[place - tonight.count].id
        }
        places = order.places.filter { $0 >= tonight.count || tonight[Int($0)].stays }
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(position: Int) -> BreakRecord {
        let place = Int(places[position])
        return place < tonight.count ? tonight[place].record : notExamined[place - tonight.count]
    }
}

extension [BreakRecord] {
    /// Some of their places, in the order of the first nights and then of the ids.
    func sortedBySinceAndID(_ places: [Int32]) -> [Int32] {
        let byID = IdOrder(count: places.count) { self[Int(places[$0])].id }
        // Days before 1970 are negative: the sign's bit is turned, so that they come first.
        var keys = byID.places.map { rank in
            let place = places[Int(rank)]
            let day = UInt32(bitPattern: self[Int(place)].since.daysSinceEpoch) ^ 1 << 31
            return UInt64(day) << 32 | UInt64(place)
        }
        keys.sortByUpperHalf()
        return keys.map { Int32(truncatingIfNeeded: $0) }
    }
}
