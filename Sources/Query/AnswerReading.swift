import AtlasClient
import Core
import JSON

/// Judges the body of an answer: nil if it can be relied on, else the stable code of what is wrong with it (`api-status-2`,
/// `bad-body` …). The body is a JSON object without duplicate keys; it holds for the call only.
public typealias AnswerJudge = @Sendable (_ body: JSONValue, _ question: StatusQuestion) -> String?

/// One attempt's result, read: what to do about it, and what the journal says of it.
struct AnswerReading {
    var verdict: AttemptVerdict
    /// nil where no answer came.
    var httpStatus: Int?
    /// The body on one line, as received digit for digit; nil where it is no JSON object.
    var body: [UInt8]?

    init(_ result: AttemptResult, to question: StatusQuestion, at date: Instant, judge: AnswerJudge) {
        switch result {
        case .answer(let answer):
            let retryAfter = RetryAfter.delay(answer.retryAfter, at: date)
            httpStatus = answer.httpStatus
            if answer.httpStatus == 200 {
                (verdict, body) = Self.read(answer.body, retryAfter, question, judge)
            } else {
                verdict = Self.verdict(httpStatus: answer.httpStatus, retryAfter)
            }
        case .failed(let failure):
            (verdict, httpStatus) = Self.read(failure)
        }
    }

    private static func verdict(httpStatus: Int, _ retryAfter: Duration?) -> AttemptVerdict {
        let code = "http-\(httpStatus)"
        switch httpStatus {
        case 401, 403: return .unauthorized(httpStatus: httpStatus)
        case 429: return .throttled(code: code, retryAfter: retryAfter)
        case 408, 500, 502, 503, 504: return .transient(code: code, retryAfter: retryAfter)
        default: return .final(code: code, isOutage: httpStatus >= 500)
        }
    }

    private static func read(_ failure: AttemptFailure) -> (AttemptVerdict, Int?) {
        switch failure {
        case .timeout: (.transient(code: "timeout"), nil)
        case .connection, .cancelled: (.transient(code: "connection"), nil)
        // A certificate does not get better by asking again.
        case .tls: (.final(code: "connection", isOutage: true), nil)
        case .bodyTooLarge(let httpStatus): (.final(code: "bad-body"), httpStatus)
        case .badEncoding(let httpStatus): (.transient(code: "bad-body"), httpStatus)
        }
    }

    /// A body that is no JSON is retried like a lost connection; JSON that is unusable is not (FORMATS.md).
    private static func read(
        _ bytes: [UInt8], _ retryAfter: Duration?, _ question: StatusQuestion, _ judge: AnswerJudge
    ) -> (AttemptVerdict, [UInt8]?) {
        let noJSON = AttemptVerdict.transient(code: "bad-body", retryAfter: retryAfter)
        guard String(validating: bytes, as: UTF8.self) != nil else { return (noJSON, nil) }
        return bytes.withUnsafeBufferPointer { bytes in
            let document = JSONDocument()
            switch document.parse(bytes) {
            case .syntax: return (noJSON, nil)
            case .duplicateKey: return (.final(code: "bad-body"), nil)
            case nil: break
            }
            guard document.root.kind == .object else { return (.final(code: "bad-body"), nil) }
            let line = OneLineJSON.bytes(of: document.root.raw)
            switch judge(document.root, question) {
            case nil: return (.ok, line)
            case "api-status-2": return (.transient(code: "api-status-2", retryAfter: retryAfter), line)
            case let code?: return (.final(code: code), line)
            }
        }
    }
}

/// A JSON text on one line.
enum OneLineJSON {
    /// The same tokens, byte for byte; white space between them is dropped if it breaks the line. In valid JSON a string holds
    /// no raw line end.
    static func bytes(of json: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard json.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return Array(json) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.count)
        var isInString = false
        var isEscaped = false
        for byte in json {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                continue
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            }
            bytes.append(byte)
        }
        return bytes
    }
}
