@testable import Sandbox

let testSecret = "canary-7f3a"

/// A configuration with the tests' credentials.
func testConfiguration(_ change: (inout SandboxConfiguration) -> Void = { _ in }) -> SandboxConfiguration {
    var configuration = SandboxConfiguration(
        credentials: SandboxCredentials(clientID: "client-1", clientSecret: testSecret))
    change(&configuration)
    return configuration
}

let credentialFields = ["x-atlas-client-id": "client-1", "x-atlas-client-secret": testSecret]
let jsonFields = credentialFields.merging(["Content-Type": "application/json"]) { $1 }

/// The bytes of one request.
func request(
    _ path: String, method: String = "POST", fields: [String: String] = jsonFields, body: String = ""
) -> String {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: sandbox\r\n"
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    return text + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
}

/// The body of a query.
func queryBody(orderNo: String, refundCode: String = "202505-0013") -> String {
    #"{"refundCode":"\#(refundCode)","orderNo":"\#(orderNo)","airlinePNR":null,"carrier":null,"displayCurrency":null}"#
}

func queryBody(airlinePNR: String, carrier: String) -> String {
    #"{"refundCode":"c","orderNo":null,"airlinePNR":"\#(airlinePNR)","carrier":"\#(carrier)"}"#
}

extension SandboxServer {
    /// One request on a connection of its own.
    func ask(
        _ path: String, method: String = "POST", fields: [String: String] = jsonFields, body: String = ""
    ) throws -> RawConnection.Answer {
        let connection = try RawConnection(port: port)
        try connection.send(request(path, method: method, fields: fields, body: body))
        return try connection.answer()
    }
}
