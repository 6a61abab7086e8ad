import Atlas
import AtlasClient
import Files
import JSON
import Memory
import Refunds

/// One call of Atlas's API for a person: asked once, never again by itself, for nobody knows what came of a refund that was
/// asked for and not answered.
package struct AtlasCall: Sendable {
    package let operation: AtlasOperation
    /// The body, JSON on one line.
    package let request: [UInt8]

    package init(_ operation: AtlasOperation, request: [UInt8]) {
        self.operation = operation
        self.request = request
    }

    /// Sends the request and returns the answer, a JSON object; the caller judges its content.
    ///
    /// Errors: `CallError`; refused credentials are a `RunError` of exit code 77.
    package func answer(
        baseURL: AtlasBaseURL, credentials: AtlasCredentials, timeoutSeconds: Int
    ) async throws -> ReceivedAnswer {
        let client = AtlasHTTPClient(baseURL: baseURL, credentials: credentials, concurrency: 1)
        let result = await client.attempt(operation, body: request, timeout: .seconds(timeoutSeconds))
        // The answer is there or it is not: how the connection was closed changes nothing about it, and neither does a
        // cancellation that came too late.
        await client.shutdown()
        switch result {
        case .failed(let failure): throw CallError(failure, timeoutSeconds: timeoutSeconds)
        case .answer(let answer) where answer.httpStatus == 401 || answer.httpStatus == 403:
            throw RunError(.credentials, "Atlas refused the credentials (HTTP \(answer.httpStatus))")
        case .answer(let answer) where answer.httpStatus != 200: throw CallError.http(status: answer.httpStatus)
        case .answer(let answer): return try ReceivedAnswer(answer.body)
        }
    }
}

/// The body of an answer: a JSON object without a double key.
package struct ReceivedAnswer: Sendable {
    /// As received.
    package let bytes: [UInt8]

    /// Errors: `unreadable`.
    package init(_ bytes: [UInt8]) throws(CallError) {
        self.bytes = bytes
        guard bytes.span.isValidUTF8 else { throw .unreadable("it is no UTF-8") }
        var reader = JSONReader()
        let reading = reader.read(bytes.span)
        switch reading.fault {
        case .syntax: throw .unreadable("it is not JSON")
        case .duplicateKey(let key): throw .unreadable("it has the key \(key) twice")
        case nil: if reading.object == nil { throw .unreadable("it is not a JSON object") }
        }
    }

    /// Calls `body` with the object.
    package func withObject<Result>(_ body: (JSONView) throws -> Result) rethrows -> Result {
        var reader = JSONReader()
        guard let object = reader.read(bytes.span).object else { preconditionFailure("`init` has found it sound") }
        return try body(object)
    }

    /// The message of Atlas's own status if it is an error; nil for 0, success.
    package var refusal: CallError? {
        withObject { object in
            guard let status = AtlasStatus.code(of: object) else {
                return .unreadable("it has no status")
            }
            if status == 0 { return nil }
            guard case .text(let message) = object.field("msg") else { return .api(status: status, message: nil) }
            return .api(status: status, message: message.string)
        }
    }
}

/// Why a call has no answer that could be used; its description is a sentence for a person, with texts
/// as Atlas sent them.
package enum CallError: Error, Sendable, Equatable, CustomStringConvertible {
    case timeout(seconds: Int)
    case connection(ConnectionFailure)
    case http(status: Int)
    case unreadable(String)
    /// Atlas's own status, which is not 0, and its message.
    case api(status: Int, message: String?)
    case cancelled

    init(_ failure: AttemptFailure, timeoutSeconds: Int) {
        switch failure {
        case .timeout: self = .timeout(seconds: timeoutSeconds)
        case .connection(let failure): self = .connection(failure)
        case .bodyTooLarge: self = .unreadable("it has more than 4 MiB")
        case .badEncoding: self = .unreadable("its compression is damaged")
        case .cancelled: self = .cancelled
        }
    }

    package var description: String {
        switch self {
        case .timeout(let seconds): "timeout: no answer from Atlas within \(seconds) s"
        case .connection(let failure):
            (failure.mayHaveBeenReceived ? "no answer from Atlas: " : "Atlas could not be reached: ") + failure.rawValue
        case .http(let status): "HTTP \(status)"
        case .unreadable(let reason): "Atlas's answer cannot be used: \(reason)"
        case .api(let status, let message):
            "Atlas said status \(status)" + (message.map { ": \($0)" } ?? "")
                + (AtlasStatus.advice(status).map { " (\($0))" } ?? "")
        case .cancelled: "interrupted"
        }
    }

    /// Whether the request may have been carried out all the same: everything but an answer that says the request was not
    /// taken (HTTP 3xx and 4xx, statuses of Atlas's that refuse it), and a connection that was never made.
    package var mayHaveBeenCarriedOut: Bool {
        switch self {
        case .http(let status): !(300..<500).contains(status)
        case .connection(let failure): failure.mayHaveBeenReceived
        case .api(let status, _): AtlasStatus.advice(status) == nil
        case .timeout, .unreadable, .cancelled: true
        }
    }
}
