import Files
import Testing

@testable import Sandbox

/// What each fault looks like at the client's end of the socket.
@Suite struct FaultTests {
    private static let path = "/queryRefundOrders.do"

    private static func script(
        _ kind: FaultKind, _ change: (inout SandboxConfiguration) -> Void = { _ in }
    ) throws -> SandboxConfiguration {
        let line = #"{"orderNo":"ORDER-1","faults":["\#(kind.rawValue)"]}"#
        let scripts = try FaultScripts.parse(Array(line.utf8), name: "script")
        return testConfiguration {
            $0.faults.scripts = scripts
            change(&$0)
        }
    }

    private static func asked(
        _ sandbox: SandboxServer, fields: [String: String] = jsonFields, orderNo: String = "ORDER-1"
    ) throws -> RawConnection {
        let connection = try RawConnection(port: sandbox.port)
        try connection.send(request(path, fields: fields, body: queryBody(orderNo: orderNo)))
        return connection
    }

    // MARK: Broken connections

    @Test(arguments: [
        (FaultKind.resetBefore, 0...0), (.resetInHeaders, 20...80), (.resetAfterHeaders, 90...130),
        (.resetMidBody, 200...400),
    ])
    func `the connection is reset`(kind: FaultKind, received: ClosedRange<Int>) async throws {
        try await withSandbox(try TestOrders.data, Self.script(kind)) { sandbox in
            let (bytes, end) = try Self.asked(sandbox).receiveAll()
            #expect(end == .reset)
            #expect(received.contains(bytes.count), "\(bytes.count)")
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasSuffix("\r\n\r\n") == (kind == .resetAfterHeaders))
            #expect(text.contains("\r\n\r\n{") == (kind == .resetMidBody))
            // The next attempt is the script's end.
            #expect(try Self.asked(sandbox).answer().text == TestOrders.answer1)
            #expect(sandbox.statistics.faults == [kind: 1])
        }
    }

    @Test func `slow header fields come byte by byte`() async throws {
        // So slow that nothing but the first byte can come before the sandbox is stopped.
        let slow = try Self.script(.slowHeaders) { $0.faults.dripMilliseconds = 3_600_000 }
        let connection = try await withSandbox(try TestOrders.data, slow) { sandbox in
            let connection = try Self.asked(sandbox)
            _ = try connection.receive(atLeast: 1)
            return connection
        }
        let (bytes, end) = connection.receiveAll()
        #expect(bytes == [UInt8(ascii: "H")])
        #expect(end == .closed)
    }

    @Test func `slow header fields end in the true answer`() async throws {
        let slow = try Self.script(.slowHeaders) { $0.faults.dripMilliseconds = 1 }
        try await withSandbox(try TestOrders.data, slow) { sandbox in
            let connection = try Self.asked(sandbox)
            #expect(try connection.answer().text == TestOrders.answer1)
            try connection.send(request(Self.path, body: queryBody(orderNo: "ORDER-1")))
            #expect(try connection.answer().text == TestOrders.answer1)
        }
    }

    @Test func `a stalled body stops half way and stays open`() async throws {
        let half = TestOrders.answer1.utf8.count / 2
        let connection = try await withSandbox(try TestOrders.data, Self.script(.stalledBody)) { sandbox in
            let connection = try Self.asked(sandbox)
            let head = try connection.head()
            #expect(head.fields["content-length"] == String(TestOrders.answer1.utf8.count))
            #expect(try connection.receive(atLeast: half).count == half)
            #expect(sandbox.statistics.concurrentRequests == 0)
            return connection
        }
        // Only the sandbox's end ended it.
        let (bytes, end) = connection.receiveAll()
        #expect(bytes.count == half)
        #expect(end == .closed)
    }

    @Test func `an endless body goes on as long as it is read`() async throws {
        try await withSandbox(try TestOrders.data, Self.script(.endlessBody)) { sandbox in
            let connection = try Self.asked(sandbox)
            #expect(try connection.head().fields["transfer-encoding"] == "chunked")
            let bytes = try connection.receive(atLeast: 8 << 20)
            #expect(
                String(decoding: bytes.prefix(32), as: UTF8.self).hasPrefix("11\r\n{\"refundOrders\":[\r\n8000\r\n "))
        }
    }

    @Test(arguments: [(FaultKind.wrongLengthShort, false), (.wrongLengthLong, true)])
    func `Content-Length lies`(kind: FaultKind, isLong: Bool) async throws {
        try await withSandbox(try TestOrders.data, Self.script(kind)) { sandbox in
            let connection = try Self.asked(sandbox)
            let declared = try #require(Int(connection.head().fields["content-length"] ?? ""))
            let (body, end) = connection.receiveAll()
            #expect(String(decoding: body, as: UTF8.self) == TestOrders.answer1)
            #expect(isLong ? declared > body.count : declared < body.count)
            #expect(end == .closed)
        }
    }

    @Test(arguments: [
        (FaultKind.surplusBytes, "surplus", false), (.closeAfter, "", true),
        (.unasked408, "HTTP/1.1 408 Request Timeout\r\n", true),
    ])
    func `a true answer and what follows it`(kind: FaultKind, behind: String, isEnd: Bool) async throws {
        try await withSandbox(try TestOrders.data, Self.script(kind)) { sandbox in
            let connection = try Self.asked(sandbox)
            let answer = try connection.answer()
            #expect(answer.text == TestOrders.answer1)
            #expect(answer.fields["connection"] == nil)
            guard isEnd else {
                #expect(try String(decoding: connection.receive(atLeast: behind.utf8.count), as: UTF8.self) == behind)
                return
            }
            let (bytes, end) = connection.receiveAll()
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix(behind))
            #expect(bytes.isEmpty == behind.isEmpty)
            #expect(end == .closed)
        }
    }

    // MARK: Broken bodies

    @Test(arguments: ["gzip", "identity"])
    func `a truncated gzip is whole HTTP and no whole gzip`(acceptEncoding: String) async throws {
        try await withSandbox(try TestOrders.data, Self.script(.truncatedGzip)) { sandbox in
            let fields = jsonFields.merging(["Accept-Encoding": acceptEncoding]) { $1 }
            let connection = try Self.asked(sandbox, fields: fields)
            let answer = try connection.answer()
            #expect(answer.fields["content-encoding"] == "gzip")
            #expect(answer.body.prefix(2) == [0x1F, 0x8B])
            #expect(throws: InputError.self) { try gunzip(answer.body) }
            try connection.send(request(Self.path, body: queryBody(orderNo: "ORDER-1")))
            #expect(try connection.answer().text == TestOrders.answer1)
        }
    }

    @Test func `a gzip bomb is small JSON that grows a thousandfold`() async throws {
        try await withSandbox(try TestOrders.data, Self.script(.bombGzip)) { sandbox in
            let answer = try Self.asked(sandbox).answer()
            #expect(answer.fields["content-encoding"] == "gzip")
            #expect(answer.body.count < 100_000)
            let body = try gunzip(answer.body)
            #expect(body.count > 64 << 20)
            #expect(body.suffix(2) == Array("\"}".utf8)[...])
        }
    }

    @Test(arguments: [
        (FaultKind.html200, "<!DOCTYPE html>"), (.otherShape, #"{"data":{"refundOrders":{"count":1}}"#),
        (.duplicateKeys, #"{"status":0,"status":2,"refundOrders":[{"orderNo":"ORDER-1""#),
        (.otherOrder, #"{"refundOrders":[{"orderNo":"ORDER-2""#),
        (.statusMinus1, #"{"refundOrders":[],"status":-1,"#), (.status2, #"{"refundOrders":[],"status":2,"#),
        (.status100, #"{"refundOrders":[],"status":100,"#), (.status703, #"{"refundOrders":[],"status":703,"#),
        (.status705, #"{"refundOrders":[],"status":705,"#), (.status801, #"{"refundOrders":[],"status":801,"#),
        (.status816, #"{"refundOrders":[],"status":816,"#), (.status818, #"{"refundOrders":[],"status":818,"#),
        (.status900, #"{"refundOrders":[],"status":900,"#), (.status902, #"{"refundOrders":[],"status":902,"#),
        (.status9999, #"{"refundOrders":[],"status":9999,"#),
    ])
    func `status 200 with a body that is none`(kind: FaultKind, beginning: String) async throws {
        try await withSandbox(try TestOrders.data, Self.script(kind)) { sandbox in
            let answer = try Self.asked(sandbox).answer()
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix(beginning), "\(answer.text)")
            #expect(
                answer.fields["content-type"] == (kind == .html200 ? "text/html; charset=utf-8" : "application/json"))
        }
    }

    /// Every kind whose name is a status of Atlas's says that status.
    @Test func `a kind named after a status of Atlas's has it`() throws {
        let kinds = FaultKind.allCases.filter { $0.rawValue.hasPrefix("status-") }
        try #require(kinds.count == 18)
        for kind in kinds { #expect(kind.atlasStatus?.code == Int(kind.rawValue.dropFirst("status-".count))) }
        #expect(FaultKind.allCases.count { $0.atlasStatus != nil } == kinds.count)
    }

    @Test func `a status that HTTP does not have`() async throws {
        try await withSandbox(try TestOrders.data, Self.script(.status000)) { sandbox in
            let (bytes, end) = try Self.asked(sandbox).receiveAll()
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 000 "))
            #expect(end == .closed)
        }
    }

    @Test func `another order's answer where there is no other order`() async throws {
        let data = try SandboxData.parse(Array(TestOrders.lines[0].utf8), name: "f")
        try await withSandbox(data, Self.script(.otherOrder)) { sandbox in
            let answer = try Self.asked(sandbox).answer()
            #expect(answer.text.contains(#""orderNo":"ANOTHER-ORDER""#))
        }
    }

    // MARK: Statuses

    @Test(arguments: [
        (FaultKind.unauthorized, 401), (.forbidden, 403), (.tooManyRequests, 429), (.tooManyRequestsSeconds, 429),
        (.tooManyRequestsDate, 429), (.tooManyRequestsNonsense, 429), (.internalServerError, 500), (.badGateway, 502),
        (.serviceUnavailable, 503), (.gatewayTimeout, 504), (.redirect, 307),
    ])
    func `the status is the fault's`(kind: FaultKind, status: Int) async throws {
        let configuration = try Self.script(kind) { $0.faults.retryAfterSeconds = 7 }
        try await withSandbox(try TestOrders.data, configuration) { sandbox in
            let connection = try Self.asked(sandbox)
            let answer = try connection.answer()
            #expect(answer.status == status)
            #expect(
                answer.fields["location"]
                    == (kind == .redirect ? "http://localhost:\(sandbox.port)/redirected.do" : nil))
            switch kind {
            case .tooManyRequestsSeconds: #expect(answer.fields["retry-after"] == "7")
            case .tooManyRequestsDate: #expect(answer.fields["retry-after"]?.hasSuffix(" GMT") == true)
            case .tooManyRequestsNonsense: #expect(answer.fields["retry-after"] == "soon")
            default: #expect(answer.fields["retry-after"] == nil)
            }
            try connection.send(request(Self.path, body: queryBody(orderNo: "ORDER-1")))
            #expect(try connection.answer().text == TestOrders.answer1)
        }
    }

    // MARK: The choice

    @Test func `a script runs by attempt, for each refund of the order, and for no other order`() async throws {
        let line = #"{"orderNo":"ORDER-1","faults":["503",null,"403"]}"#
        let scripts = try FaultScripts.parse(Array(line.utf8), name: "script")
        try await withSandbox(try TestOrders.data, testConfiguration { $0.faults.scripts = scripts }) { sandbox in
            var statuses: [String: [Int]] = [:]
            for code in ["13", "14", "13", "13", "14", "14", "13"] {
                let answer = try sandbox.ask(Self.path, body: queryBody(orderNo: "ORDER-1", refundCode: code))
                statuses[code, default: []].append(answer.status)
                #expect(try sandbox.ask(Self.path, body: queryBody(orderNo: "ORDER-2", refundCode: code)).status == 200)
            }
            #expect(statuses == ["13": [503, 200, 403, 200], "14": [503, 200, 403]])
        }
    }

    @Test func `a script may stand in the data file`() async throws {
        let line = #"{"orderNo":"A","airlinePNR":"P","carrier":"U2","refundOrders":[],"faults":["502","504"]}"#
        let data = try SandboxData.parse(Array(line.utf8), name: "f")
        try await withSandbox(data, testConfiguration()) { sandbox in
            let statuses = try (0..<3).map { _ in try sandbox.ask(Self.path, body: queryBody(orderNo: "A")).status }
            #expect(statuses == [502, 504, 200])
            let body = queryBody(airlinePNR: "P", carrier: "U2")
            #expect(try sandbox.ask(Self.path, body: body).status == 502)
        }
    }

    @Test func `a run is repeated by its seed, whatever the order of the requests`() async throws {
        let orders = (0..<40).map { "ORDER-\($0)" }
        var runs: [[String: [Int]]] = []
        for (seed, turned) in [(5 as UInt64, false), (5, true), (6, false)] {
            let plan = try FaultPlan(["503=0.3", "429=0.2", "403=0.2"])
            let configuration = testConfiguration {
                $0.faults = plan
                $0.seed = seed
            }
            let run = try await withSandbox(SandboxData(), configuration) { sandbox in
                var statuses: [String: [Int]] = [:]
                for order in turned ? orders.reversed() : orders {
                    for _ in 0..<3 {
                        let answer = try sandbox.ask(Self.path, body: queryBody(orderNo: order))
                        statuses[order, default: []].append(answer.status)
                    }
                }
                return statuses
            }
            runs.append(run)
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
        #expect(Set(runs[0].values.joined()) == [200, 503, 429, 403])
    }

    @Test func `a request that is refused anyway meets no fault`() async throws {
        let plan = try FaultPlan(["500=1"])
        try await withSandbox(SandboxData(), testConfiguration { $0.faults = plan }) { sandbox in
            let unauthorized = try sandbox.ask(Self.path, fields: [:])
            let bad = try sandbox.ask(Self.path, body: "{}")
            let good = try sandbox.ask(Self.path, body: queryBody(orderNo: "A"))
            #expect([unauthorized, bad, good].map(\.status) == [401, 400, 500])
        }
    }
}
