import ArgumentParser
import Atlas
import Memory
import Refunds
import Run

extension PaymentMethod: ExpressibleByArgument {}
extension RefundReason: ExpressibleByArgument {}

/// `atlas`: one call of Atlas's API each, for a person.
struct AtlasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atlas", abstract: "One call of Atlas's API, for a person: quote, refund, status.",
        discussion: """
            Prints what Atlas answers as a table. Each call is made once and never repeated by itself. --capture keeps \
            quotations and refunds as order records that run reads.

            Exit codes: 0 answered, or the status of a refund that exists already; 1 no usable answer, or a refund that was \
            not submitted; 64 usage; 65, 66 input; \
            73 the capture cannot be written; 77 credentials.
            """,
        subcommands: [AtlasQuoteCommand.self, AtlasRefundCommand.self, AtlasStatusCommand.self])
}

/// `atlas quote`: how much would be paid back.
struct AtlasQuoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quote", abstract: "Asks Atlas what would be paid back for passengers of an order.")

    @OptionGroup(title: "Call") var call: CallOptions
    @OptionGroup(title: "Passengers") var passengers: PassengerOptions
    @OptionGroup(title: "Capture") var capture: CaptureOptions

    func validate() throws {
        if !passengers.areGiven { throw ValidationError(PassengerOptions.wanted) }
    }

    func run() async throws {
        let request = RefundQuotationRequest(
            order: call.reference, displayCurrency: call.display, passengers: try passengers.list())
        let caller = try AtlasCaller(call, capture)
        let answer = try await caller.answer(AtlasCall(.refundQuotation, request: request.encoded()))
        try caller.show(answer)
    }
}

/// `atlas refund`: asks for a refund, once, after a person has seen the quotation.
struct AtlasRefundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Asks Atlas for a refund, by the offer of a quotation or for passengers.",
        discussion: """
            With passengers it first gets a quotation and shows it; the refund is then asked for by that offer. It asks \
            before it submits; where there is no terminal, --yes is needed. With --yes a quotation that says "not \
            refundable" is not submitted. Where Atlas answers that a refund was submitted already (status 814, 816, 817, 818), \
            nothing is submitted and the status of that refund is shown.
            """)

    @OptionGroup(title: "Call") var call: CallOptions

    @Option(help: ArgumentHelp("The offer of a quotation.", valueName: "id"))
    var offer: String?

    @OptionGroup(title: "Passengers, instead of an offer") var passengers: PassengerOptions
    @OptionGroup(title: "Capture") var capture: CaptureOptions

    @Flag(help: "Submit without asking.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "The code of a refund that the order may have already; else that in Atlas's answer or in --capture.",
            valueName: "code"))
    var refundCode: String?

    func validate() throws {
        if refundCode?.isEmpty == true { throw ValidationError("--refund-code is empty.") }
        if (offer != nil) == passengers.areGiven { throw ValidationError("Give either --offer ID or passengers.") }
        if offer?.isEmpty == true { throw ValidationError("--offer is empty.") }
        if !yes, !Terminal.canAsk { throw ValidationError("Without a terminal to ask on, refund needs --yes.") }
    }

    func run() async throws {
        let list = passengers.areGiven ? try passengers.list() : []
        let caller = try AtlasCaller(call, capture, looksForRefund: true)
        do { try await submit(list, caller) } catch let existing as ExistingRefund {
            try await showStatus(of: existing)
        }
    }

    private func submit(_ list: [RefundPassenger], _ caller: AtlasCaller) async throws {
        let subject: RefundRequest.Subject
        if let offer {
            Terminal.error("Offer \(offer) of \(call.orderText).")
            subject = .offer(refundOfferID: Text(offer))
        } else {
            subject = try await quotedSubject(list, caller)
        }
        if !yes { try confirm() }
        let request = RefundRequest(order: call.reference, displayCurrency: call.display, subject: subject)
        let answer = try await caller.answer(AtlasCall(.refund, request: request.encoded()))
        try caller.show(answer)
    }

    /// Nothing was submitted, since the order has a refund already: shows the status of that one.
    private func showStatus(of existing: ExistingRefund) async throws {
        Terminal.error("\(existing.refusal)")
        let caller = try AtlasCaller(call, capture)
        let known =
            try refundCode.map { Text($0) } ?? existing.refundCode ?? caller.capturedRefundCode(of: call.reference)
        Terminal.error(
            known.map { "Nothing was submitted. Refund \($0) of \(call.orderText):" }
                ?? "Nothing was submitted. All refunds of \(call.orderText), since the code is not known (--refund-code gives it):"
        )
        let isShown = try await caller.showStatus(
            QueryRefundOrdersRequest(refundCode: known ?? "", order: call.reference, displayCurrency: call.display))
        if !isShown { try AtlasCaller.fail("Atlas says that a refund exists, and its answer does not have it") }
    }

    /// Shows the quotation on standard error, where the question stands too, and gives its offer: what is submitted is
    /// what was shown.
    private func quotedSubject(_ list: [RefundPassenger], _ caller: AtlasCaller) async throws -> RefundRequest.Subject {
        let request = RefundQuotationRequest(
            order: call.reference, displayCurrency: call.display, passengers: list)
        let answer = try await caller.answer(AtlasCall(.refundQuotation, request: request.encoded()))
        Terminal.error(table: try caller.table(answer) + "\n")
        let quotation = try answer.withObject { try RefundOffer($0) }
        if let asked = call.reference.orderNo, let orderNo = quotation.orderNo, orderNo != asked {
            try AtlasCaller.fail("not submitted: the quotation is of another order")
        }
        if yes, quotation.isRefundable == false {
            try AtlasCaller.fail(
                "not submitted: the quotation says that it is not refundable (--offer submits it anyway)")
        }
        return quotation.refundOfferID.map { .offer(refundOfferID: $0) } ?? .passengers(list)
    }

    private func confirm() throws {
        guard Terminal.ask("Submit this refund? [y/N] ") else { try AtlasCaller.fail("not submitted") }
    }
}

/// `atlas status`: the status of a refund.
struct AtlasStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Asks Atlas where the refunds of an order stand.")

    @OptionGroup(title: "Call") var call: CallOptions

    @Option(help: ArgumentHelp("The code that the refund call returned.", valueName: "code"))
    var refundCode: String

    func validate() throws {
        if refundCode.isEmpty { throw ValidationError("--refund-code is empty.") }
    }

    func run() async throws {
        let request = QueryRefundOrdersRequest(
            refundCode: Text(refundCode), order: call.reference, displayCurrency: call.display)
        try await AtlasCaller(call, nil).showStatus(request)
    }
}
