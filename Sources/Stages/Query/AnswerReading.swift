import Atlas
import AtlasClient
import Files
import JSON
import Memory
import Refunds

/// The fault of an answer.
package struct AnswerFault: Sendable, Equatable {
    /// `api-status-2`, `bad-body` …
    package let code: String
    /// Why, in words, where the code does not say it.
    package let detail: String?

    package init(_ code: String, detail: String? = nil) {
        self.code = code
        self.detail = detail
    }
}

/// Judges the body of an answer: nil if it can be relied on. The body is a JSON object without duplicate keys; it holds for
/// the call only.
package typealias AnswerJudge = @Sendable (_ body: JSONView, _ question: StatusQuestion) -> AnswerFault?

/// One attempt's result, read: the next step, and the text for the journal.
struct AnswerReading {
    var verdict: AttemptVerdict
    /// nil where no answer came.
    var httpStatus: Int?
    /// Why the answer cannot be used, in words.
    var detail: String?
    /// The body on one line, as received digit for digit; nil where it is not a JSON object.
    var body: [UInt8]?

    init(_ result: AttemptResult, to question: StatusQuestion, at date: Instant, judge: AnswerJudge) {
        switch result {
        case .answer(let answer):
            let retryAfter = RetryAfter.delay(answer.retryAfter, at: date)
            httpStatus = answer.httpStatus
            if answer.httpStatus == 200 {
                let read = Self.read(answer.body, retryAfter, question, judge)
                (verdict, body, detail) = (read.verdict, read.body, read.detail)
            } else {
                verdict = Self.verdict(httpStatus: answer.httpStatus, retryAfter)
            }
        case .failed(let failure):
            (verdict, httpStatus, detail) = Self.read(failure)
        }
    }

    private static func verdict(httpStatus: Int, _ retryAfter: Duration?) -> AttemptVerdict {
        let code = "http-\(httpStatus)"
        switch httpStatus {
        case 401, 403: return .unauthorized(.http(httpStatus))
        case 429: return .throttled(code: code, retryAfter: retryAfter)
        case 408, 500, 502, 503, 504: return .transient(code: code, retryAfter: retryAfter)
        default: return .final(code: code, isOutage: httpStatus >= 500)
        }
    }

    private static func read(_ failure: AttemptFailure) -> (AttemptVerdict, Int?, detail: String?) {
        switch failure {
        case .timeout: (.transient(code: "timeout"), nil, nil)
        // A certificate does not get better by asking again at once.
        case .connection(let failure) where failure.isFinal:
            (.final(code: connection, isOutage: true), nil, failure.rawValue)
        case .connection(let failure): (.transient(code: connection), nil, failure.rawValue)
        case .cancelled: (.transient(code: connection), nil, nil)
        case .bodyTooLarge(let httpStatus): (.final(code: badBody), httpStatus, "the answer has more than 4 MiB")
        case .badEncoding(let httpStatus):
            (.transient(code: badBody), httpStatus, "the compressed body is damaged or cut short")
        }
    }

    private static let badBody = "bad-body"
    private static let connection = "connection"

    /// A body that is not JSON is retried like a lost connection; JSON that is unusable is not (FORMATS.md).
    private static func read(
        _ bytes: [UInt8], _ retryAfter: Duration?, _ question: StatusQuestion, _ judge: AnswerJudge
    ) -> (verdict: AttemptVerdict, body: [UInt8]?, detail: String?) {
        let notJSON = AttemptVerdict.transient(code: badBody, retryAfter: retryAfter)
        guard bytes.span.isValidUTF8 else { return (notJSON, nil, "the body is not UTF-8") }
        var reader = JSONReader()
        let reading = reader.read(bytes.span)
        switch reading.fault {
        case .syntax(let offset): return (notJSON, nil, "the body is not JSON: see its byte \(offset + 1)")
        case .duplicateKey(let key):
            return (.final(code: badBody), nil, "the key \(key) occurs twice in one object of the body")
        case nil: break
        }
        guard let object = reading.object else {
            return (.final(code: badBody), nil, "the body is not a JSON object")
        }
        let line = OneLineJSON.bytes(of: object.raw)
        guard let fault = judge(object, question) else { return (.ok, line, nil) }
        return (verdict(of: fault, object, retryAfter), line, fault.detail)
    }

    /// The next step for JSON that cannot be relied on: Atlas's own status decides.
    private static func verdict(
        of fault: AnswerFault, _ body: JSONView, _ retryAfter: Duration?
    ) -> AttemptVerdict {
        guard let status = AtlasStatus.code(of: body) else { return .final(code: fault.code) }
        switch AtlasStatus(status) {
        case .passing: return .transient(code: fault.code, retryAfter: retryAfter)
        case .credentialsRefused: return .unauthorized(.atlas(status))
        case .success, .notFound, .refundExists, .final: return .final(code: fault.code)
        }
    }
}
