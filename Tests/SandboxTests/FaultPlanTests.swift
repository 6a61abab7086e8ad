import Memory
import Refunds
import Testing
@testable import Sandbox

/// The choice of faults: pure, and the same for the same seed.
@Suite struct FaultPlanTests {
    private static func draws(_ plan: FaultPlan, seed: UInt64, count: Int = 10_000) -> [FaultKind?] {
        (0..<count).map { plan.chance(seed: seed, key: "ORDER-\($0 / 4)", attempt: $0 % 4 + 1) }
    }

    @Test func `the same seed chooses the same faults, another seed others`() throws {
        let plan = try FaultPlan(["503=0.3", "reset-mid-body=0.3"])
        #expect(Self.draws(plan, seed: 7) == Self.draws(plan, seed: 7))
        #expect(Self.draws(plan, seed: 7) != Self.draws(plan, seed: 8))
    }

    @Test func `the choice is the same on every machine`() throws {
        let plan = try FaultPlan(["503=0.25", "429=0.25", "status-2=0.25"])
        let names = Self.draws(plan, seed: 1, count: 8).map { $0?.rawValue ?? "none" }
        #expect(names == ["status-2", "none", "429", "none", "429", "429", "429", "503"])
    }

    @Test(arguments: [("0", 0...0), ("0.1", 900...1100), ("0.5", 4800...5200), ("1", 10_000...10_000)])
    func `a kind comes as often as its probability says`(probability: String, range: ClosedRange<Int>) throws {
        let plan = try FaultPlan(["502=\(probability)"])
        #expect(range.contains(Self.draws(plan, seed: 3).count { $0 == .badGateway }))
    }

    @Test func `each attempt is drawn anew`() throws {
        let plan = try FaultPlan(["500=0.5"])
        let attempts = (1...64).map { plan.chance(seed: 1, key: "A", attempt: $0) }
        #expect(attempts.contains(nil))
        #expect(attempts.contains(.internalServerError))
    }

    @Test func `every kind can be named`() throws {
        for kind in FaultKind.allCases {
            let plan = try FaultPlan(["\(kind.rawValue)=1.0"])
            #expect(plan.chance(seed: 0, key: "A", attempt: 1) == kind)
        }
        #expect(FaultPlan().isEmpty)
    }

    @Test(arguments: [
        "503", "503=", "=0.5", "504 =0.5", "teapot=0.5", "503=1.1", "503=2", "503=-0.1", "503=.5", "503=0.", "503=5%",
        "503=0.1234567891", "503=1e-3", "503=nan", "503=0,5", "503=00.5", "503=0.5 ",
    ])
    func `what is no fault is told`(fault: String) {
        let error = #expect(throws: SandboxError.self) { try FaultPlan([fault]) }
        guard case .badFault(let text, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text == fault)
    }

    @Test func `probabilities add up to 1 at most`() throws {
        #expect(throws: Never.self) { try FaultPlan(["503=0.5", "503=0.25", "429=0.25"]) }
        #expect(throws: SandboxError.self) { try FaultPlan(["503=0.5", "503=0.25", "429=0.250000001"]) }
    }

    @Test func `a script file names orders and their faults`() throws {
        let text = """
            {"orderNo":"A","faults":["503",null,"none","429-date"]}

            {"airlinePNR":"P","carrier":"U2","faults":[]}
            """
        let scripts = try withTemporaryFile(Array(text.utf8)) { try FaultScripts.load(path: $0) }
        let order = try #require(OrderKey(orderNo: "A", airlinePNR: "P", carrier: nil))
        let locator = try #require(OrderKey(orderNo: nil, airlinePNR: "P", carrier: "U2"))
        #expect(scripts[order] == [.serviceUnavailable, nil, nil, .tooManyRequestsDate])
        #expect(scripts[locator] == [])
    }

    @Test(arguments: ["{", #"{"orderNo":"A"}"#, #"{"faults":[]}"#, #"{"orderNo":"A","faults":["x"]}"#, "[]"])
    func `a bad script is told with its line`(line: String) throws {
        let error = #expect(throws: SandboxError.self) { try FaultScripts.parse(Array("\n\(line)".utf8), name: "s") }
        let message = try #require(error).description
        #expect(message.hasPrefix("s:2: "))
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_709_208_000, "Thu, 29 Feb 2024 12:00:00 GMT"),
    ])
    func `HTTP dates`(seconds: Int, text: String) {
        #expect(HTTPDate.text(secondsSinceEpoch: seconds) == text)
    }
}
