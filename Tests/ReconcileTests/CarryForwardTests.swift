import Core
import Testing

@testable import Reconcile

/// What a night hands on: all records of the orders that have something open.
@Suite struct CarryForwardTests {
    @Test func anOpenCaseTakesItsWholeOrderAlong() {
        let cases = [
            refundCase("O1", "R1", line: 1), refundCase("O1", "R2", line: 2), refundCase("O2", "R1", line: 3),
            refundCase(nil, "R9", line: 4) { ($0.airlinePNR, $0.carrier) = ("PNR", "FR") },
        ]
        let notifications = [
            notification(.refunded, "O2", line: 4), notification(.refunded, "O1", line: 3),
            notification(.refunded, "O1", line: 2), notification(.refunded, "O9", line: 1),
            notification(.refunded, "O9", line: 5),
        ]
        let reconciliation = Reconciliation(
            Population(cases: cases, answers: StatusAnswers(count: 4), notifications: notifications),
            asOf: date("2026-02-01"), tolerances: Tolerances())
        let places = reconciliation.carriedForward(openCases: [1])
        #expect(places.cases == [0, 1])
        // In the order of their lines, redeliveries among them.
        #expect(places.notifications == [3, 2, 1, 4])
        #expect(reconciliation.carriedForward(openCases: []).cases == [])
        #expect(reconciliation.carriedForward(openCases: [3]).cases == [3], "a case of no known order is alone")
        #expect(reconciliation.carriedForward(openCases: [2]).notifications == [3, 0, 4])
    }
}
