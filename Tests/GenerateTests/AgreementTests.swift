import Generate
import JSON
import Memory
import Refunds
import Testing

/// Amounts are exact and agree with one another, and the files speak of the same orders.
@Suite struct Agreement {
    /// An amount of a CSV row or a JSON member, which must be one of its currency.
    private func amount(_ text: String?, _ currency: Currency, mayBeNegative: Bool = false) throws -> Amount? {
        guard let text, !text.isEmpty else { return nil }
        return try Amount.parse(text, currency, mayBeNegative: mayBeNegative)
    }

    @Test(arguments: [Profile.clean, .partial])
    func recordsAddUp(profile: Profile) throws {
        let folder = try GeneratedFolder(profile, cases: 2_000)
        var inconsistent = 0
        for row in folder.rows() {
            let currency = try #require(Currency(row["currency"] ?? ""))
            let fare = try #require(try amount(row["originalTotalFareAmount"], currency))
            let ancillaries = try #require(try amount(row["originalTotalAncillaryAmount"], currency))
            let original = try #require(try amount(row["originalTotalAmount"], currency))
            #expect(fare + ancillaries == original)
            let fee = try #require(try amount(row["transactionFee"], currency))
            let penalty = try amount(row["airlinePenaltyAmount"], currency)
            #expect((penalty == nil) == (row["refundQuoteType"] == "CannotQuote"))
            guard let penalty, let estimate = try amount(row["estimatedRefundAmount"], currency) else { continue }
            let parts = ["airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries"]
            #expect(try parts.compactMap { try amount(row[$0], currency) }.reduce(.zero, +) == penalty)
            #expect(!(original - penalty - fee).isNegative)
            if estimate != original - penalty { inconsistent += 1 }
            #expect(row["requestedAt"].flatMap { CalendarDate($0) }.map { $0 <= testAsOf } == true)
        }
        #expect(inconsistent < 20, "only a few quotations disagree with themselves")
    }

    @Test(arguments: [Profile.clean, .partial])
    func webhooksAddUp(profile: Profile) throws {
        let folder = try GeneratedFolder(profile, cases: 2_000)
        var unexplained = 0
        var seen = 0
        for line in folder.lines(.webhooks) {
            try withWebhook(line) { receivedAt, data in
                seen += 1
                let currency = try #require(Currency(data["currency"]?.string ?? ""))
                func member(_ key: JSONKey) throws -> Amount {
                    guard case .number(let digits)? = data[key] else { throw NoNumber() }
                    return try #require(try amount(digits, currency, mayBeNegative: true))
                }
                let original = try member("originalTotalAmount")
                #expect(try member("originalTotalFare") + member("originalTotalAncillaryAmount") == original)
                let refund = try member("finalRefundAmount")
                if try refund != original - member("airlinePenaltyAmount") - member("transactionFee") {
                    unexplained += 1
                }
                if let receivedAt { #expect(try #require(CalendarDate(receivedAt)) <= testAsOf) }
            }
        }
        #expect(seen > 1_900)
        #expect(unexplained < 40, "only a few refunds do not follow from their parts")
    }

    @Test(arguments: [Profile.clean, .partial])
    func everyFileSpeaksOfTheSameOrders(profile: Profile) throws {
        let folder = try GeneratedFolder(profile, cases: 2_000)
        var atAtlas: Set<String> = []
        for line in folder.lines(.sandbox) {
            withJSON(line) { if let orderNo = $0["orderNo"]?.string { atAtlas.insert(orderNo) } }
        }
        let rows = folder.rows()
        #expect(rows.allSatisfy { $0["orderNo"] == "" || atAtlas.contains($0["orderNo"] ?? "") })
        var orphans = 0
        for line in folder.lines(.webhooks) {
            withWebhook(line) { _, data in
                if !atAtlas.contains(data["orderNo"]?.string ?? "") { orphans += 1 }
            }
        }
        #expect(orphans < 15, "only a few webhooks are deliberate orphans")
        // One key a queryable case, and no other.
        var asked: Set<String> = []
        for line in folder.lines(.statusJournal) {
            withJSON(line) {
                asked.insert(key($0["orderNo"]?.string, $0["airlinePNR"]?.string, $0["refundCode"]?.string))
            }
        }
        let queryable = rows.filter { $0["refundCode"] != "" }
        let isSame = asked == Set(queryable.map { key($0["orderNo"], $0["airlinePNR"], $0["refundCode"]) })
        #expect(isSame)
    }

    private func key(_ orderNo: String?, _ pnr: String?, _ refundCode: String?) -> String {
        let order = orderNo.flatMap { $0.isEmpty ? nil : $0 } ?? pnr ?? ""
        return order + ":" + (refundCode ?? "")
    }

    /// With no journal the sandbox must answer the same, so what fails must be in the answers.
    @Test func theSandboxAnswersWhatTheJournalHolds() throws {
        let folder = try GeneratedFolder(.sample, cases: 300)
        var answers: [String: JSONTree] = [:]
        for line in folder.lines(.sandbox) {
            withJSON(line) {
                guard let orderNo = $0["orderNo"]?.string, let pnr = $0["airlinePNR"]?.string else { return }
                let answer = $0["refundOrders"]
                answers[orderNo] = answer
                answers[pnr] = answer
            }
        }
        var failed = 0
        for line in folder.lines(.statusJournal) {
            withJSON(line) {
                let answer = answers[$0["orderNo"]?.string ?? $0["airlinePNR"]?.string ?? ""]
                if let body = $0["body"], !body.isNull {
                    #expect(body["refundOrders"] == answer)
                } else if $0["error"]?.string == "bad-body" {
                    failed += 1
                }
            }
        }
        #expect(failed >= 2)
    }
}

@Suite struct Sample {
    @Test(arguments: [GeneratorOptions.smallestCompleteSample, 300])
    func showsEveryStatusCurrencyAndGeneration(cases: Int) throws {
        let folder = try GeneratedFolder(.sample, cases: cases)
        var statuses: Set<Int> = []
        for line in folder.lines(.sandbox) {
            withJSON(line) {
                for entry in $0["refundOrders"]?.elements ?? [] { statuses.insert(entry["refundStatus"]?.int ?? -1) }
            }
        }
        #expect(statuses == Set(0...6))
        let digits = Set(folder.rows().compactMap { Currency($0["currency"] ?? "")?.minorDigits })
        #expect(digits == [0, 2, 3])
        var generations: Set<String> = []
        for line in folder.lines(.orderLines) {
            withJSON(line) {
                guard let response = $0["response"] else { return }
                generations.insert(response["serviceFee"] == nil ? "older" : "current")
            }
        }
        #expect(generations == ["older", "current"])
    }
}

/// A member of a webhook is not a number.
private struct NoNumber: Error {}
