import Query
import Testing

@Suite("Rate and admission")
struct AdmissionTests {
    @Test func requestsAreEvenlySpaced() {
        var limiter = RateLimiter(ratePerSecond: 20)
        let slots = (0..<4).map { _ in limiter.take(now: .seconds(1)) }
        #expect(slots == [1000, 1050, 1100, 1150].map { .milliseconds($0) })
        // A pause earns no burst.
        #expect(
            [limiter.take(now: .seconds(9)), limiter.take(now: .seconds(9))] == [.seconds(9), .milliseconds(9050)])
    }

    @Test(arguments: [0, -1, Double.nan, .infinity])
    func noRateIsNoLimit(_ rate: Double) {
        var limiter = RateLimiter(ratePerSecond: rate)
        #expect((0..<100).allSatisfy { _ in limiter.take(now: .seconds(1)) == .seconds(1) })
    }

    @Test func aTinyRateIsNoOverflow() {
        var limiter = RateLimiter(ratePerSecond: .leastNonzeroMagnitude)
        _ = limiter.take(now: .zero)
        #expect(limiter.take(now: .zero) > .seconds(999_999))
    }

    @Test func aSlotIsWaitedForOnce() {
        var settings = QuerySettings()
        settings.ratePerSecond = 10
        var gate = AdmissionGate(settings: settings, deadline: nil)
        var slots: [Duration?] = [nil, nil]
        guard case .go = gate.admit(now: .zero, slot: &slots[0]) else {
            Issue.record("the first is held back")
            return
        }
        #expect(gate.admit(now: .zero, slot: &slots[1]) == .wait(until: .milliseconds(100)))
        guard case .go = gate.admit(now: .milliseconds(100), slot: &slots[1]) else {
            Issue.record("the second is held back in its slot")
            return
        }
    }

    @Test func aSlotBeyondTheDeadlineIsRefused() {
        var settings = QuerySettings()
        settings.ratePerSecond = 1
        var gate = AdmissionGate(settings: settings, deadline: .seconds(1))
        var slot: Duration?
        _ = gate.admit(now: .zero, slot: &slot)
        slot = nil
        #expect(gate.admit(now: .zero, slot: &slot) == .refuse(code: "deadline"))
        #expect(slot == nil)
        #expect(gate.admit(now: .seconds(1), slot: &slot) == .refuse(code: "deadline"))
    }

    /// A gate whose circuit opened at 0.
    private func openGate(deadline: Duration?) -> AdmissionGate {
        var settings = QuerySettings()
        settings.ratePerSecond = 0
        var gate = AdmissionGate(settings: settings, deadline: deadline)
        for _ in 0..<100 {
            var slot: Duration?
            if case .go(let permit) = gate.admit(now: .zero, slot: &slot) {
                gate.record(isFailure: true, permit: permit, now: .zero)
            }
        }
        return gate
    }

    @Test(arguments: [
        (Duration?.none, AdmissionGate.Admission.refuse(code: "circuit-open")),
        (.seconds(60), .refuse(code: "circuit-open")), (.seconds(1), .refuse(code: "deadline")),
    ])
    func anOpenCircuitLetsNothingThrough(_ deadline: Duration?, _ expected: AdmissionGate.Admission) {
        var gate = openGate(deadline: deadline)
        var slot: Duration?
        #expect(gate.admit(now: .seconds(1), slot: &slot) == expected)
        #expect(!gate.isCircuitClosed)
    }

    /// Whoever comes while the probes are out waits for their end.
    @Test(arguments: [
        (Duration?.none, AdmissionGate.Admission.wait(until: .milliseconds(5050))),
        (.milliseconds(5050), .refuse(code: "circuit-open")),
    ])
    func probesAreWaitedFor(_ deadline: Duration?, _ expected: AdmissionGate.Admission) {
        var gate = openGate(deadline: deadline)
        for _ in 0..<10 {
            var slot: Duration?
            guard case .go = gate.admit(now: .seconds(5), slot: &slot) else {
                Issue.record("a probe is held back")
                return
            }
        }
        var slot: Duration?
        #expect(gate.admit(now: .seconds(5), slot: &slot) == expected)
    }

    @Test func aTurnIsLostWhenTheCircuitOpensMeanwhile() {
        var settings = QuerySettings()
        settings.ratePerSecond = 100
        settings.circuit.window = 1
        var gate = AdmissionGate(settings: settings, deadline: nil)
        var first: Duration?
        var second: Duration?
        guard case .go(let permit) = gate.admit(now: .zero, slot: &first) else { return }
        #expect(gate.admit(now: .zero, slot: &second) == .wait(until: .milliseconds(10)))
        gate.record(isFailure: true, permit: permit, now: .milliseconds(5))
        #expect(gate.admit(now: .milliseconds(10), slot: &second) == .refuse(code: "circuit-open"))
        #expect(second == nil)
    }
}
