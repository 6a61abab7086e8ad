import Core

/// The records that a night hands to the next.
public struct CarriedPlaces: Sendable, Equatable {
    /// Indices of cases, in reading order.
    public var cases: [Int] = []
    /// Indices of notifications, in the order of their sources. Redeliveries are among them: of an order with several cases
    /// another one may get them once more of its records are known.
    public var notifications: [Int] = []
}

extension Reconciliation {
    /// The records of every order with a case that is still open, and of every order without a case: whatever comes in later
    /// is matched against all that the order has, so all of it is handed on.
    ///
    /// - Parameter openCases: the indices of the open cases.
    public func carriedForward(openCases: Set<Int>) -> CarriedPlaces {
        var orderNos = Set(openCases.compactMap { population.orderNo($0) })
        var places = CarriedPlaces()
        for index in population.cases.indices
        where openCases.contains(index) || population.orderNo(index).map(orderNos.contains) ?? false {
            places.cases.append(index)
        }
        let notifications = population.notifications
        for orphan in 0..<orphanCount {
            if let first = orphans[orphan].effective { orderNos.insert(notifications[Int(first)].orderNo) }
        }
        places.notifications = notifications.indices.filter { orderNos.contains(notifications[$0].orderNo) }
            .sorted { notifications[$0].source < notifications[$1].source }
        return places
    }
}
