import TestSupport

/// Deliveries of webhooks.
extension PopulationMaker {
    mutating func addWebhook(_ orderNo: String, _ terms: RefundTerms, _ all: [RefundTerms], _ currency: String) {
        var record = WebhookRecord(
            orderNo: orderNo, status: random.pick([2, 2, 2, 5, 4, 6, 0, 1, 3]), original: terms.original,
            penalty: terms.penalty, final: terms.refund + random.pick([0, 0, 0, -800, 100]))
        if all.count > 1, random.once(in: 8) {
            record.original = all.map(\.original).reduce(0, +)
            record.final = all.map(\.refund).reduce(0, +)
        }
        record.currency = random.once(in: 14) ? "EUR" : currency
        record.givesParts = random.once(in: 5)
        let night = anyNight()
        record.receivedAt = receivedAt(on: night)
        webhooks.append((night, record))
        var last = night
        while random.once(in: 2) {
            var again = record
            last = random.once(in: 3) ? last : self.night(after: last) ?? last
            again.receivedAt = random.pick([record.receivedAt, nil, receivedAt(on: last)])
            if random.once(in: 3) { again.final += random.pick([-800, 100, 800]) }
            if random.once(in: 6) { again.status = random.pick([2, 5, 4, 1]) }
            webhooks.append((last, again))
        }
        // A sender that does not see that it is heard.
        if random.once(in: 16) {
            for _ in 0..<(4 + random.below(8)) {
                let night = anyNight()
                record.receivedAt = receivedAt(on: night)
                webhooks.append((night, record))
            }
        }
    }

    /// Mostly later the later the night; some come out of order.
    private mutating func receivedAt(on night: Int) -> String? {
        if random.once(in: 3) { return nil }
        if random.once(in: 24) {
            return random.pick([
                "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-01-01T08:00:03.5+08:00",
            ])
        }
        let second = (random.once(in: 5) ? 0 : night * 8) + random.below(8)
        return "2026-01-01T00:00:\(second < 10 ? "0" : "")\(second)Z"
    }

    mutating func addOrphan() {
        addWebhook("\(names)X\(1 + random.below(2))", terms(), [], "USD")
    }
}
