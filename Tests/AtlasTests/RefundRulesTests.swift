import Atlas
import JSON
import Memory
import Refunds
import Testing

/// `refundRules` as Atlas's pages describe them and as its samples have them.
@Suite struct RefundRulesTests {
    private static func rules(_ text: String) throws -> RefundRules { try parsedJSON(text) { RefundRules($0) } }

    private static func rules(ofSample name: String) throws -> RefundRules {
        let rules: RefundRules? = try parsedJSON(try AtlasSample.bytes(name)) { answer in
            guard let value = answer["refundRules"] else { return nil }
            return RefundRules(value)
        }
        return try #require(rules)
    }

    private static func only(_ members: String) throws -> RefundRule? {
        let rules = try rules("[{\(members)}]")
        return rules.rules?.first
    }

    @Test func atlasSamples() throws {
        let quoted = try Self.rules(ofSample: "current-refundQuotation-answer")
        let voluntary = try #require(quoted.rules?.first)
        #expect(quoted.rules?.count == 1)
        #expect(voluntary.kind == .voluntary)
        #expect(voluntary.airline == "U2")
        #expect(voluntary.penaltyAmount == nil)
        #expect(voluntary.penaltyPercent == nil)
        #expect(voluntary.airlineFee == nil)
        #expect(voluntary.fareRefundable == false)
        #expect(voluntary.taxRefundable == false)
        #expect(voluntary.startMinute == 525_600)
        #expect(voluntary.endMinute == -525_600)
        #expect(voluntary.refundMethod == .cashBackToOriginalPayment)
        let asked = try Self.rules(ofSample: "current-refund-answer")
        let involuntary = try #require(asked.rules?.first)
        #expect(involuntary.kind == .involuntary)
        #expect(involuntary.penaltyPercent?.millionths == 0)
        #expect(involuntary.penaltyAmount?.amount == .zero)
        #expect(involuntary.penaltyAmount?.currency?.code == "USD")
        #expect(involuntary.penaltyPercentBase == .fareAndTax)
        #expect(involuntary.airlineFee?.amount == .zero)
        #expect(involuntary.fareRefundable == true)
        #expect(involuntary.taxRefundable == true)
    }

    /// The text is kept as it stands, and read again from it says the same.
    @Test func theTextIsKept() throws {
        let text = #"[ {"ruleType":"1", "penaltyPercent":12.50,"extra":[1.0]} ]"#
        let rules = try Self.rules(text)
        #expect(rules.json == Array(text.utf8))
        #expect(RefundRules(text: rules.json) == rules)
        // A string that holds them is opened.
        var quoted: [UInt8] = []
        quoted.append(jsonString: text)
        #expect(try Self.rules(String(decoding: quoted, as: UTF8.self)) == rules)
    }

    @Test func none() throws { #expect(try Self.rules("[]").rules == []) }

    /// What is no value, and values written in the other of two ways.
    @Test(arguments: [
        #""ruleType":1"#, #""ruleType":"1","passengerType":"","penaltyAmount":"","penaltyPercent":"","airlineFee":"""#,
        #""ruleType":" 1 ","airline":null,"fareRefundable":null,"startMinute":null,"endMinute":"","refundMethod":"""#,
        #""ruleType":"1","refundableAncillaries":["ALL"],"passengerType":"ADT/CHD/INF","status":"H""#,
    ])
    func noValue(members: String) throws { #expect(try Self.only(members) == RefundRule(.voluntary)) }

    @Test(arguments: [
        (#""penaltyPercent":"12.5","airlineFee":"0","startMinute":"60","endMinute":-60"#),
        (#""penaltyPercent":12.50,"airlineFee":0,"startMinute":60,"endMinute":"-60""#),
    ])
    func numbersAndTexts(members: String) throws {
        var rule = RefundRule(.voluntary)
        rule.penaltyPercent = Percentage(Array("12.5".utf8).span)
        rule.airlineFee = RefundRule.Money(amount: .zero, currency: nil)
        rule.startMinute = 60
        rule.endMinute = -60
        #expect(try Self.only(#""ruleType":"1","# + members) == rule)
    }

    /// One rule that is not what Atlas describes makes the whole list unreadable.
    @Test(arguments: [
        #"{"airline":"U2"}"#, #"{"ruleType":null}"#, #"{"ruleType":"5"}"#, #"{"ruleType":"H"}"#, #"{"ruleType":true}"#,
        #"{"ruleType":"1","penaltyAmount":"25"}"#, #"{"ruleType":"1","penaltyAmount":25.00}"#,
        #"{"ruleType":"1","penaltyAmount":"25.001 USD"}"#, #"{"ruleType":"1","penaltyAmount":["1 USD"]}"#,
        #"{"ruleType":"1","penaltyPercent":101}"#, #"{"ruleType":"1","penaltyPercent":-1}"#,
        #"{"ruleType":"1","penaltyPercent":"ten"}"#, #"{"ruleType":"1","penaltyPercentBase":"tax"}"#,
        #"{"ruleType":"1","airlineFee":"5"}"#, #"{"ruleType":"1","fareRefundable":"true"}"#,
        #"{"ruleType":"1","taxRefundable":1}"#, #"{"ruleType":"1","startMinute":1.5}"#,
        #"{"ruleType":"1","startMinute":1000000001}"#, #"{"ruleType":"1","endMinute":"soon"}"#,
        #"{"ruleType":"1","startMinute":0,"endMinute":1}"#, #"{"ruleType":"1","refundMethod":"Cash"}"#,
        #"{"ruleType":"1","airline":2}"#, "1", "null", "[]",
    ])
    func unreadable(rule: String) throws {
        #expect(try Self.rules("[\(rule)]").rules == nil)
        #expect(try Self.rules(#"[{"ruleType":"1"},\#(rule)]"#).rules == nil)
    }

    @Test(arguments: ["{}", "7", #""x""#, #""[""#, "true"]) func noList(text: String) throws {
        #expect(try Self.rules(text).rules == nil)
    }
}
