import Atlas
import Memory
import Night
import Refunds
import Rules
import TestSupport
import Testing

/// What a night remembers is found by its links and reads as it was written.
@Suite struct OrderMemoryTests {
    private func settled(_ orderNo: Text, on day: String?, fare: Int64 = 1) -> RememberedOrder {
        var order = RememberedOrder(identity: .order(orderNo))
        var record = RefundCase(
            currency: currency("USD"), requestedAt: date("2026-01-01"), source: SourceLine(file: 0, line: 0))
        record.orderNo = orderNo
        record.originalTotalFareAmount = money(fare)
        order.records = [RememberedRecord(record: record, first: place, cameAgain: false)]
        order.settledOn = day.map { date($0) }
        return order
    }

    private let place = FirstPlace(
        asOf: date("2026-01-01"), place: SourceLine(file: 0, line: 1), fileName: "orders.csv")

    @Test func everyOrderComesBackAsItWas() throws {
        var random = Seeded()
        for _ in 0..<40 * Seeded.soak {
            var orders: [RememberedOrder] = []
            var parts = RememberedParts()
            for night in 0..<3 {
                let written = (0..<20).map { number in
                    let label = "\(night)-\(number)"
                    return random.remembered(
                        random.once(in: 3) ? .locator(airlinePNR: Text(label), carrier: "XX") : .order(Text(label)))
                }
                orders += written
                parts.addNight { part in for order in written { part.add(order) } }
            }
            let memory = try parts.memory(rememberDays: 4_000_000)
            #expect(memory.count == orders.count)
            for (number, order) in orders.enumerated() {
                var expected = order
                let nightsSince = 2 - number / 20
                for index in expected.breaks.indices { expected.breaks[index].nights += nightsSince }
                try #require(!order.links.isEmpty)
                for link in order.links {
                    #expect(memory.mayHave(link), "seed \(random.seed)")
                    let found = try memory.orders(with: link, in: parts)
                    #expect(found.contains(expected), "seed \(random.seed)")
                }
            }
            try checkLists(memory, orders, parts, seed: random.seed)
        }
    }

    private func checkLists(
        _ memory: OrderMemory, _ orders: [RememberedOrder], _ parts: RememberedParts, seed: UInt64
    ) throws {
        let outstanding = try memory.orders(at: memory.outstanding) { parts.content($0) }
        #expect(Set(outstanding.map(\.identity)) == Set(orders.filter { !$0.items.isEmpty }.map(\.identity)))
        #expect(outstanding.count == Set(outstanding.map(\.identity)).count, "seed \(seed)")
        let broken = try memory.orders(at: memory.withBreaks) { parts.content($0) }
        #expect(Set(broken.map(\.identity)) == Set(orders.filter { !$0.breaks.isEmpty }.map(\.identity)))
        let breaks = try memory.breaks(at: memory.withBreaks, in: parts)
        #expect(breaks == broken.flatMap(\.breaks), "seed \(seed)")
    }

    @Test func theNewestNightCounts() throws {
        var parts = RememberedParts()
        parts.addNight { part in
            part.add(settled("A", on: nil, fare: 1))
            part.add(settled("B", on: nil, fare: 1))
            part.add(settled("C", on: nil, fare: 1))
        }
        parts.addNight { part in
            part.add(settled("A", on: nil, fare: 2))
            part.addTombstone(.order("B"))
        }
        let memory = try parts.memory()
        #expect(memory.count == 2)
        let fares = try ["A", "B", "C", "D"].map { orderNo in
            try memory.orders(with: .order(orderNo), in: parts).map(\.records[0].record.originalTotalFareAmount)
        }
        #expect(fares == [[money(2)], [], [money(1)], []])
        #expect(!memory.mayHave(.order("B")))
    }

    /// The same few orders, night after night, against a dictionary; parts that are needed no longer go.
    @Test func theLastOfEachOrderCounts() throws {
        var random = Seeded()
        let identities = (0..<12).map { number -> OrderLink in
            let label = Text(String(repeating: "P", count: random.pick([1, 5, 6, 130])) + String(number))
            return random.once(in: 2) ? .order(label) : .locator(airlinePNR: label, carrier: random.pick(["U", "XX"]))
        }
        for _ in 0..<60 * Seeded.soak {
            var parts = RememberedParts()
            var last: [OrderLink: (order: RememberedOrder, night: Int)] = [:]
            let nights = 1 + random.below(5)
            for night in 1...nights {
                parts.addNight { part in
                    for identity in identities where random.once(in: 2) {
                        if random.once(in: 4) {
                            part.addTombstone(identity)
                            last[identity] = nil
                        } else {
                            let order = random.remembered(identity)
                            part.add(order)
                            last[identity] = (order, night)
                        }
                    }
                }
                if random.once(in: 2) {
                    parts.keep(try parts.memory(rememberDays: 4_000_000).partsStillLive(without: OrderPlaces()))
                }
            }
            let memory = try parts.memory(rememberDays: 4_000_000)
            #expect(memory.count == last.count, "seed \(random.seed)")
            for identity in identities {
                var expected = last[identity]?.order
                let nightsSince = nights - (last[identity]?.night ?? 0)
                for index in (expected?.breaks ?? []).indices { expected?.breaks[index].nights += nightsSince }
                let found = try memory.orders(with: identity, in: parts).filter { $0.identity == identity }
                #expect(found == (expected.map { [$0] } ?? []), "seed \(random.seed)")
            }
        }
    }

    @Test(arguments: [
        (settledOn: "2026-01-02", asOf: "2026-02-01", isThere: true),
        ("2026-01-01", "2026-02-01", false),
        (nil, "2036-02-01", true),
    ]) func aSettledOrderIsRememberedForSoManyDays(settledOn: String?, asOf: String, isThere: Bool) throws {
        var parts = RememberedParts()
        parts.addNight { $0.add(settled("A", on: nil)) }
        parts.addNight { $0.add(settled("A", on: settledOn)) }
        let memory = try parts.memory(asOf: asOf, rememberDays: 30)
        #expect(memory.count == (isThere ? 1 : 0), "an older state of it does not come back")
        #expect(try memory.orders(with: .order("A"), in: parts).count == memory.count)
    }

    /// Order numbers whose hashes are the same are found by trying.
    @Test func ordersWithTheSameHashAreToldApart() throws {
        var byHash: [Int: Text] = [:]
        var pair: [Text] = []
        for number in 0..<2_000_000 where pair.isEmpty {
            let text = Text(String(number))
            if let other = byHash.updateValue(text, forKey: text.keyHash) { pair = [other, text] }
        }
        try #require(pair.count == 2)
        var parts = RememberedParts()
        parts.addNight { part in
            for (fare, orderNo) in pair.enumerated() { part.add(settled(orderNo, on: nil, fare: Int64(fare))) }
        }
        parts.addNight { part in part.addTombstone(.order(pair[1])) }
        let memory = try parts.memory()
        #expect(memory.count == 1)
        #expect(try memory.orders(with: .order(pair[0]), in: parts).count == 1)
        #expect(try memory.orders(with: .order(pair[1]), in: parts).isEmpty)
    }

    @Test func veryManyOrdersCanShareALink() throws {
        var parts = RememberedParts()
        let count = 20_000
        parts.addNight { part in
            for number in 0..<count {
                var order = settled(Text("O\(number)"), on: nil)
                (order.records[0].record.airlinePNR, order.records[0].record.carrier) = ("N/A", "XX")
                part.add(order)
            }
        }
        let memory = try parts.memory()
        #expect(memory.places(of: .locator(airlinePNR: "N/A", carrier: "XX")).count == count)
        #expect(memory.places(of: .order("O77")).count == 1)
    }

    @Test func partsGoWhenNothingInThemCounts() throws {
        var parts = RememberedParts()
        parts.addNight { part in for number in 0..<10 { part.add(settled(Text("A\(number)"), on: nil)) } }
        parts.addNight { part in for number in 0..<9 { part.add(settled(Text("A\(number)"), on: nil)) } }
        parts.addNight { part in for number in 0..<9 { part.add(settled(Text("A\(number)"), on: nil)) } }
        let memory = try parts.memory()
        let none = OrderPlaces()
        #expect(memory.partsStillLive(without: none).map(\.nightOrdinal) == [3, 1])
        let last = memory.places(of: .order("A9"))
        #expect(memory.sparse(without: none) == last, "one of ten is less than a quarter")
        #expect(memory.partsStillLive(without: OrderPlaces(last)).map(\.nightOrdinal) == [3])
        let all = OrderPlaces((0..<10).flatMap { memory.places(of: .order(Text("A\($0)"))) })
        #expect(memory.partsStillLive(without: all).isEmpty)
        #expect(memory.sparse(without: all).isEmpty)
    }

    /// What ingest takes, the store carries.
    @Test func longTextsAndDeepRulesComeBack() throws {
        var order = settled(Text(String(repeating: "\u{0}", count: 1 << 20)), on: nil)
        let rules = Array((String(repeating: "[", count: 500_000) + String(repeating: "]", count: 500_000)).utf8)
        order.records[0].record.auditTerms = AuditTerms(
            refundRules: RefundRules(text: rules))
        order.webhooks = (0..<300).map { number in
            var random = Seeded()
            var webhook = random.webhook(file: 0, line: 0)
            webhook.orderNo = Text("N\(number)")
            return RememberedWebhook(webhook: webhook, first: place)
        }
        var parts = RememberedParts()
        parts.addNight { $0.add(order) }
        let memory = try parts.memory()
        #expect(try memory.orders(with: order.identity, in: parts) == [order])
        #expect(order.links.allSatisfy { memory.places(of: $0).count == 1 })
    }

    /// Orders as long as records may be do not make a part that the store cannot take.
    @Test func longOrdersMakeSeveralParts() throws {
        let orders = (0..<20).map { settled(Text(String(repeating: "\($0) ", count: 400_000)), on: nil) }
        var writer = PartWriter()
        for order in orders { writer.add(order) }
        let full = writer.takeFullParts()
        let rest = writer.finish()
        #expect(full.count > 1)
        #expect((full + rest).allSatisfy { $0.content.count < 8 << 20 })
        var parts = RememberedParts()
        parts.addNight { part in for order in orders { part.add(order) } }
        let memory = try parts.memory()
        #expect(memory.count == orders.count)
        for order in orders { #expect(try memory.orders(with: order.identity, in: parts) == [order]) }
    }

    @Test func anOrderTakesLittle() {
        var part = PartWriter()
        for number in 0..<1000 {
            var order = settled(Text("TLABCD\(100_000 + number)"), on: "2026-01-05", fare: 123_45)
            order.records[0].record.refundCode = Text("RC\(200_000 + number)")
            order.records[0].record.refundOfferID = Text("OFFER\(300_000 + number)")
            order.records[0].record.airlinePenaltyAmount = money(20_00)
            order.records[0].record.transactionFee = money(5_00)
            var random = Seeded()
            var webhook = random.webhook(line: 1)
            webhook.orderNo = order.records[0].record.orderNo ?? ""
            order.webhooks = [RememberedWebhook(webhook: webhook, first: place)]
            part.add(order)
        }
        let parts = part.finish()
        #expect(parts.count == 1)
        #expect(parts.reduce(0) { $0 + $1.index.count + $1.content.count } / 1000 < 200)
    }
}
