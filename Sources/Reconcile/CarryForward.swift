import Core

/// The records that a night hands to the next.
public struct CarriedPlaces: Sendable, Equatable {
    /// Indices of cases, in reading order.
    public var cases: [Int] = []
    /// Indices of notifications, duplicates left out, in the order of their sources.
    public var notifications: [Int] = []
}

extension Reconciliation {
    /// The records of every order with a case that is still open, and of every order without a case: whatever comes in later
    /// is matched against all that the order has, so all of it is handed on.
    ///
    /// - Parameter openCases: the indices of the open cases.
    public func carriedForward(openCases: Set<Int>) -> CarriedPlaces {
        let openOrders = Set(openCases.compactMap { population.orderNo($0) })
        var places = CarriedPlaces()
        for index in population.cases.indices {
            guard openCases.contains(index) || population.orderNo(index).map(openOrders.contains) ?? false else {
                continue
            }
            places.cases.append(index)
            places.notifications += matched[index].assigned.map(Int.init)
        }
        for orphan in orphans { places.notifications += orphan.matched.assigned.map(Int.init) }
        places.notifications.sort { population.notifications[$0].source < population.notifications[$1].source }
        return places
    }
}
