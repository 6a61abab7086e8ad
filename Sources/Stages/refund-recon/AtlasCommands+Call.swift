import ArgumentParser
import Atlas
import AtlasClient
import JSON
import Memory
import Refunds
import Run
import Processes

/// Atlas refused a request because the order has a refund already.
struct ExistingRefund: Error {
    let refusal: CallError
    /// Its code, where Atlas's answer names it.
    let refundCode: Text?
}

/// Makes the calls of an `atlas` command: sends, records, shows, and turns a failure into one line and an exit code.
struct AtlasCaller {
    private let baseURL: AtlasBaseURL
    private let credentials: AtlasCredentials
    private let timeoutSeconds: Int
    private let printsJSON: Bool
    private let captureFile: CaptureFile?
    private let looksForRefund: Bool
    private let paymentMethod: PaymentMethod

    /// Looks at everything that could fail before anything is sent.
    ///
    /// - Parameter looksForRefund: whether an answer that says that the order has a refund is thrown as `ExistingRefund`.
    init(_ call: CallOptions, _ capture: CaptureOptions?, looksForRefund: Bool = false) throws {
        self.looksForRefund = looksForRefund
        let environment = Settings.environment()
        baseURL = try call.baseURL(environment)
        credentials = try Credentials.read(file: call.credentials, environment: environment)
        timeoutSeconds = call.timeout
        printsJSON = call.json
        try OpenFileLimit.allow(connections: 1)
        captureFile = try capture?.capture.map { (path) throws(RunError) in try CaptureFile(path: path) }
        paymentMethod = capture?.paymentMethod ?? .deposit
    }

    /// The answer that Atlas gave with status 0, recorded.
    func answer(_ call: AtlasCall) async throws -> ReceivedAnswer {
        let answer: ReceivedAnswer
        do {
            let (baseURL, credentials, timeoutSeconds) = (baseURL, credentials, timeoutSeconds)
            answer = try await interruptible {
                try await call.answer(baseURL: baseURL, credentials: credentials, timeoutSeconds: timeoutSeconds)
            }
            // After an interruption nothing further is asked for; but a refund that Atlas has answered is recorded.
            if call.operation != .refund, let pending = Interruption.pending { throw pending }
        } catch let failure as CallError {
            try Self.fail(failure, call.operation)
        } catch let interruption as Interruption {
            try Self.fail(.cancelled, call.operation, ExitCode(128 + interruption.signal))
        }
        if let refusal = answer.refusal {
            if let existing = existingRefund(answer, refusal) { throw existing }
            if printsJSON { try Terminal.print(data: answer.bytes + [0x0A]) }
            if case .api(let status, _) = refusal, AtlasStatus(status) == .credentialsRefused {
                throw RunError(.credentials, "Atlas refused the credentials (status \(status))")
            }
            try Self.fail(refusal, call.operation)
        }
        try record(call, answer)
        return answer
    }

    private func existingRefund(_ answer: ReceivedAnswer, _ refusal: CallError) -> ExistingRefund? {
        guard looksForRefund, case .api(let status, _) = refusal, AtlasStatus(status) == .refundExists else {
            return nil
        }
        let code = answer.withObject { $0.given("refundCode")?.string }
        return ExistingRefund(refusal: refusal, refundCode: code.map { Text($0) })
    }

    /// The code of the latest refund of an order among the captured calls.
    func capturedRefundCode(of order: RefundIdentity) throws(RunError) -> Text? {
        try captureFile?.refundCode(of: order)
    }

    /// A refund that Atlas took in must not be lost because a disk is full: its record then goes to standard error.
    private func record(_ call: AtlasCall, _ answer: ReceivedAnswer) throws {
        guard let captureFile, call.operation != .queryRefundOrders else { return }
        let line = answer.withObject {
            CapturedCall.line(
                call.operation, capturedAt: now(), paymentMethod: paymentMethod, request: call.request, response: $0)
        }
        do throws(RunError) { try captureFile.append(line) } catch {
            Terminal.error("Atlas has answered; this is the record that could not be written:")
            Terminal.error(String(decoding: line.dropLast(), as: UTF8.self))
            throw error
        }
    }

    // MARK: Showing

    /// Prints the answer: the table, or the body as received. Where it cannot be printed, it goes to standard error.
    func show(_ answer: ReceivedAnswer) throws {
        let table = printsJSON ? nil : try table(answer)
        do throws(RunError) {
            if let table { try Terminal.print(table: table) } else { try Terminal.print(data: answer.bytes + [0x0A]) }
        } catch {
            Terminal.error("Atlas has answered; this is the answer that could not be printed:")
            if let table {
                Terminal.error(table: table)
            } else {
                Terminal.error(String(decoding: answer.bytes, as: UTF8.self))
            }
            throw error
        }
    }

    func table(_ answer: ReceivedAnswer) throws -> String {
        do { return try answer.withObject { try AnswerTable($0).text } } catch let fault as RecordFault {
            try Self.fail("Atlas carried it out, but \(fault.message); --json or the capture shows it")
        }
    }

    /// Asks for the status of an order's refunds and shows it; returns whether the answer has the one asked about, or, with
    /// an empty code, any.
    @discardableResult
    func showStatus(_ request: QueryRefundOrdersRequest) async throws -> Bool {
        let answer = try await answer(AtlasCall(.queryRefundOrders, request: request.encoded()))
        if printsJSON {
            try show(answer)
        } else {
            try Terminal.print(table: try entryTables(answer, request.refundCode).joined(separator: "\n\n"))
        }
        let reader = RefundOrdersAnswer(asked: RefundIdentity(orderNo: request.order.orderNo))
        if case .failed(let code, let detail) = answer.withObject({ reader.outcome(of: $0) }) {
            try Self.fail(
                "a run would not rely on this answer (\(code)): \(detail?.string ?? "Atlas did not answer the question")"
            )
        }
        let codes = answer.withObject { body in
            var codes: [Text?] = []
            forEachEntry(of: body) { codes.append($0.given("refundCode")?.string.map { Text($0) }) }
            return codes
        }
        return request.refundCode.isEmpty ? !codes.isEmpty : codes.contains(request.refundCode)
    }

    private func forEachEntry(of body: JSONView, _ take: (JSONView) throws -> Void) rethrows {
        guard let list = body.given("refundOrders"), list.kind == .array else { return }
        var entries = list.children
        while let entry = entries.next() { try take(entry) }
    }

    /// A table an entry: the one that was asked about first; with an empty code all of them were.
    private func entryTables(_ answer: ReceivedAnswer, _ refundCode: Text) throws -> [String] {
        var (asked, others): ([String], [String]) = ([], [])
        do {
            try answer.withObject { body in
                try forEachEntry(of: body) { entry in
                    let table = try AnswerTable(entry).text
                    let isAsked = entry.given("refundCode")?.string == refundCode.string
                    if isAsked { asked.append(table) } else { others.append(table) }
                }
            }
        } catch let fault as RecordFault {
            try Self.fail("\(fault.message); --json shows it")
        }
        let isMissing = refundCode.isEmpty ? others.isEmpty : asked.isEmpty
        let name = refundCode.isEmpty ? "of this order" : refundCode.string
        let missing = isMissing ? [VisibleText.clean("Atlas's answer has no refund \(name).")] : []
        return missing + asked + others
    }

    // MARK: Failing

    /// Says one line on standard error and ends with exit code 1, or the one given.
    static func fail(_ text: String, _ code: ExitCode = ExitCode(1)) throws -> Never {
        Terminal.error("refund-recon: \(text)")
        throw code
    }

    /// The same for a call that failed; a refund may have been taken in all the same.
    private static func fail(
        _ failure: CallError, _ operation: AtlasOperation, _ code: ExitCode = ExitCode(1)
    ) throws -> Never {
        Terminal.error("refund-recon: \(failure)")
        if operation == .refund, failure.mayHaveBeenCarriedOut {
            Terminal.error(
                "Atlas may have taken the refund in all the same: look there before you ask for it again.")
        }
        throw code
    }
}
