import JSON
import Memory
import Refunds
import Report
import Testing

/// FORMATS.md, "summary.json".
@Suite struct SummaryTests {
    private func render(_ summary: Summary = Summary(), _ controls: Controls = Controls()) -> [UInt8] {
        SummaryRenderer(
            ReportContext(
                asOf: date("2026-02-01"), toolVersion: "1.2.3", fileNames: reportFiles, tolerances: Tolerances(),
                statusSource: "journal", summary: summary, controls: controls, rejects: [], inputs: [])
        ).render()
    }

    private func tree(_ bytes: [UInt8]) throws -> JSONTree {
        let tree = JSONTree(parsing: bytes.span)
        return try #require(tree)
    }

    private func member(_ tree: JSONTree?, _ path: String...) -> JSONTree? {
        path.reduce(tree) { tree, key in
            guard case .object(let members) = tree else { return nil }
            return members.first { $0.key == key }?.value
        }
    }

    private func keys(_ tree: JSONTree?) -> [String]? {
        guard case .object(let members) = tree else { return nil }
        return members.map(\.key)
    }

    @Test func keysAreTheContracts() throws {
        let tree = try tree(render())
        #expect(
            keys(tree) == [
                "contract", "asOf", "toolVersion", "verdict", "cases", "exceptions", "totals", "byCarrier", "ageing",
                "controls",
            ])
        #expect(member(tree, "contract") == .number("2"))
        #expect(member(tree, "asOf") == .string("2026-02-01"))
        #expect(keys(member(tree, "verdict")) == ["complete", "result"])
        #expect(member(tree, "toolVersion") == .string("1.2.3"))
        #expect(
            keys(member(tree, "cases")) == [
                "unverified", "overdue", "pending", "rejected", "withdrawn", "unquoted", "variance", "withinTolerance",
                "matched",
            ])
        #expect(keys(member(tree, "exceptions")) == ExceptionCode.allCases.map(\.rawValue))
        #expect(member(tree, "totals") == .object([]))
        #expect(member(tree, "byCarrier") == .object([]))
        #expect(member(tree, "ageing") == .object([]))
    }

    @Test func controlsAreTheContracts() throws {
        var controls = Controls()
        (controls.orders.lines, controls.orders.blank, controls.orders.accepted) = (1, 2, 3)
        (controls.orders.duplicate, controls.orders.rejected, controls.orders.quotedOnly) = (4, 5, 6)
        (controls.webhooks.lines, controls.webhooks.blank, controls.webhooks.assigned) = (7, 8, 9)
        (controls.webhooks.duplicate, controls.webhooks.orphan, controls.webhooks.otherType) = (10, 11, 12)
        controls.webhooks.rejected = 13
        (controls.queries.cases, controls.queries.queryable, controls.queries.ok) = (14, 15, 16)
        (controls.queries.failed, controls.queries.notQueryable) = (17, 18)
        (controls.rows.case, controls.rows.orphanWebhook, controls.rows.unrecordedRefund) = (19, 20, 21)
        let (usd, jpy) = (currency("USD"), currency("JPY"))
        var orders = OrderControl()
        orders.read = Total(minorUnits: 3_00)
        orders.duplicate = Total(minorUnits: 2_00)
        orders.cases = Total(minorUnits: 1_00)
        controls.orderAmounts[usd] = orders
        var webhooks = WebhookControl()
        webhooks.read = Total(minorUnits: 10)
        webhooks.duplicate = Total(minorUnits: 1)
        webhooks.orphan = Total(minorUnits: 2)
        webhooks.final = Total(minorUnits: 3)
        webhooks.notFinal = Total(minorUnits: 4)
        controls.webhookAmounts[jpy] = webhooks
        var finals = FinalControl()
        finals.webhook = Total(minorUnits: 5)
        finals.query = Total(minorUnits: 6)
        controls.finalAmounts[usd] = finals
        let text = String(
            decoding: try #require(member(try tree(render(Summary(), controls)), "controls")).encoded(), as: UTF8.self)
        #expect(
            text == """
                {"orders":{"lines":1,"blank":2,"accepted":3,"duplicate":4,"rejected":5,"quotedOnly":6},\
                "webhooks":{"lines":7,"blank":8,"assigned":9,"duplicate":10,"orphan":11,"otherType":12,"rejected":13},\
                "queries":{"cases":14,"queryable":15,"ok":16,"failed":17,"notQueryable":18},\
                "rows":{"case":19,"orphanWebhook":20,"unrecordedRefund":21},\
                "orderAmounts":{"USD":{"read":"3.00","duplicate":"2.00","cases":"1.00"}},\
                "webhookAmounts":{"JPY":{"read":"10","duplicate":"1","orphan":"2","final":"3","notFinal":"4"}},\
                "finalAmounts":{"USD":{"webhook":"0.05","query":"0.06"}}}
                """)
    }

    @Test func totalsByCurrencyInOrder() throws {
        var summary = Summary()
        var sums = CurrencyTotals()
        for (place, column) in CurrencyTotals.columns.enumerated() {
            sums[keyPath: column.path] = Total(minorUnits: Int128(place + 1))
        }
        sums.short = Total(minorUnits: -100)
        for code in ["USD", "JPY", "KWD", "EUR"] { summary.totals[currency(code)] = sums }
        let tree = try tree(render(summary))
        #expect(keys(member(tree, "totals")) == ["EUR", "JPY", "KWD", "USD"])
        #expect(
            keys(member(tree, "totals", "USD")) == [
                "expectedOriginal", "expectedPenalty", "expectedFee", "expectedRefund", "finalOriginal",
                "finalPenalty", "finalFee", "finalRefund", "originalVariance", "penaltyVariance", "feeVariance",
                "refundVariance", "unexplainedVariance", "refundShort", "refundOver", "atRisk", "open",
            ])
        #expect(member(tree, "totals", "USD", "expectedOriginal") == .string("0.01"))
        #expect(member(tree, "totals", "USD", "refundShort") == .string("-1.00"))
        #expect(member(tree, "totals", "JPY", "open") == .string("17"))
        #expect(member(tree, "totals", "KWD", "finalRefund") == .string("0.008"))
    }

    @Test func totalsBeyond64Bits() throws {
        var summary = Summary()
        var sums = CurrencyTotals()
        sums.expected.refund = Total(minorUnits: .max)
        sums.short = Total(minorUnits: .min)
        summary.totals[currency("USD")] = sums
        let tree = try tree(render(summary))
        #expect(
            member(tree, "totals", "USD", "expectedRefund") == .string("1701411834604692317316873037158841057.27"))
        #expect(
            member(tree, "totals", "USD", "refundShort") == .string("-1701411834604692317316873037158841057.28"))
    }

    @Test func carriersAndAgesInOrder() throws {
        var summary = Summary()
        for (carrier, code) in [("U2", "USD"), ("FR", "USD"), ("", "EUR"), ("FR", "EUR"), ("=\"", "USD")] {
            var sums = CarrierTotals()
            sums.cases = 2
            sums.refundVariance = Total(minorUnits: -5)
            summary.byCarrier[CarrierCurrency(carrier: Text(carrier), currency: currency(code))] = sums
        }
        for (code, bucket) in [("USD", AgeBucket.over90), ("USD", .upTo7), ("EUR", .upTo60)] {
            var sums = AgeingTotals()
            sums.cases = 1
            summary.ageing[CurrencyBucket(currency: currency(code), bucket: bucket)] = sums
        }
        let tree = try tree(render(summary))
        #expect(keys(member(tree, "byCarrier")) == ["", "=\"", "FR", "U2"])
        #expect(keys(member(tree, "byCarrier", "FR")) == ["EUR", "USD"])
        let carrier = "{\"cases\":2,\"expectedRefund\":\"0.00\",\"finalRefund\":\"0.00\",\"refundVariance\":\"-0.05\"}"
        #expect(member(tree, "byCarrier", "", "EUR")?.encoded() == Array(carrier.utf8))
        #expect(keys(member(tree, "ageing")) == ["EUR", "USD"])
        #expect(keys(member(tree, "ageing", "USD")) == ["0-7", "90+"])
        #expect(
            member(tree, "ageing", "EUR", "31-60")?.encoded()
                == Array("{\"cases\":1,\"expectedRefund\":\"0.00\"}".utf8))
    }

    @Test func counts() throws {
        var summary = Summary()
        summary.cases = [.matched: 3, .overdue: 1]
        summary.exceptions = [.orphanWebhook: 2]
        let tree = try tree(render(summary))
        #expect(member(tree, "cases", "matched") == .number("3"))
        #expect(member(tree, "cases", "pending") == .number("0"))
        #expect(member(tree, "exceptions", "ORPHAN_WEBHOOK") == .number("2"))
        #expect(member(tree, "exceptions", "REFUND_SHORT") == .number("0"))
    }

    /// Dictionaries have no order; the file has.
    @Test func sameValueSameBytes() {
        func summary(_ codes: [String]) -> Summary {
            var summary = Summary()
            for code in codes {
                summary.totals[currency(code)] = CurrencyTotals()
                summary.byCarrier[CarrierCurrency(carrier: Text(code), currency: currency(code))] = CarrierTotals()
            }
            return summary
        }
        let codes = ["USD", "EUR", "JPY", "KWD", "GBP", "CHF", "AUD", "SEK"]
        #expect(render(summary(codes)) == render(summary(codes.reversed())))
        #expect(render().last == 0x0A)
    }
}
