import ArgumentParser
import Atlas
import AtlasClient
import Files
import JSON
import Memory
import Refunds
import Run

/// Options of every call of `atlas`: Atlas's address, the credentials and the order.
struct CallOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Atlas's address; else REFUND_RECON_ATLAS_URL.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The order number.", valueName: "no"))
    var order: String?

    @Option(help: ArgumentHelp("Instead of the order number: the airline's record locator.", valueName: "pnr"))
    var pnr: String?

    @Option(help: ArgumentHelp("With --pnr: the airline's two-character code.", valueName: "cc"))
    var carrier: String?

    @Option(help: ArgumentHelp("The currency in which Atlas shows amounts besides.", valueName: "cur"))
    var displayCurrency: String?

    @Option(
        help: ArgumentHelp(
            "A file with ATLAS_CLIENT_ID=… and ATLAS_CLIENT_SECRET=…, readable by its owner only; else both come from the environment.",
            valueName: "file"))
    var credentials: String?

    @Option(help: ArgumentHelp("Seconds that the call may take.", valueName: "s"))
    var timeout = 30

    @Flag(help: "Let plain http:// go beyond this machine.")
    var insecureHttp = false

    @Flag(help: "Print the body as received instead of the table.")
    var json = false

    func validate() throws {
        if !(1...3600).contains(timeout) { throw ValidationError("--timeout must be 1 to 3600 seconds.") }
        for (name, value) in [("order", order), ("pnr", pnr), ("carrier", carrier)] where value?.isEmpty == true {
            throw ValidationError("--\(name) is empty.")
        }
        let hasLocator = pnr != nil && carrier != nil
        if (order != nil) == (pnr != nil || carrier != nil) || (order == nil && !hasLocator) {
            throw ValidationError("Give --order NO, or --pnr PNR and --carrier CC.")
        }
        if let displayCurrency, Currency(displayCurrency) == nil {
            throw ValidationError("--display-currency \(displayCurrency) is no currency of ISO 4217.")
        }
    }

    var reference: RefundIdentity {
        RefundIdentity(
            orderNo: order.map { Text($0) }, airlinePNR: pnr.map { Text($0) }, carrier: carrier.map { Text($0) })
    }

    /// The order, for a person.
    var orderText: String { order.map { "order \($0)" } ?? "PNR \(pnr ?? "") of \(carrier ?? "")" }

    var display: Text? { displayCurrency.flatMap { Currency($0) }.map { Text($0.code) } }

    func baseURL(_ environment: [String: String]) throws -> AtlasBaseURL {
        guard let text = url ?? environment["REFUND_RECON_ATLAS_URL"], !text.isEmpty else {
            throw RunError(.usage, "give --url URL or set REFUND_RECON_ATLAS_URL")
        }
        do throws(AtlasBaseURLError) { return try AtlasBaseURL(text, allowInsecureHTTP: insecureHttp) } catch {
            throw RunError(.usage, "\(error)")
        }
    }
}

/// Whose tickets are given back: a file, or options of which each passenger has every segment.
struct PassengerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A JSON file with Atlas's refundRequestList; - is standard input.", valueName: "file"))
    var passengers: String?

    @Option(help: ArgumentHelp("A passenger. Repeatable.", valueName: "LAST/FIRST"))
    var passenger: [String] = []

    @Option(help: ArgumentHelp("A flight, for every passenger. Repeatable.", valueName: "yyyyMMdd:FLIGHT:DEP:ARR"))
    var segment: [String] = []

    @Option(
        help: ArgumentHelp(
            "0 involuntary, 1 voluntary, 4 void; of a file, for those passengers who have none.", valueName: "0|1|4"))
    var reason: RefundReason?

    static let wanted = "Give --passengers FILE, or --passenger, --segment and --reason."

    var areGiven: Bool { passengers != nil || !passenger.isEmpty || !segment.isEmpty }

    func validate() throws {
        if passengers != nil, !passenger.isEmpty || !segment.isEmpty {
            throw ValidationError("Give passengers by a file or by options, not both.")
        }
        if passengers == nil, areGiven, passenger.isEmpty || segment.isEmpty || reason == nil {
            throw ValidationError(Self.wanted)
        }
        do throws(RefundPassengerError) { _ = try fromOptions() } catch { throw ValidationError("\(error).") }
    }

    /// The passengers, each with a reason. Errors: `cannotOpenInput`, `unusableInput`.
    func list() throws -> [RefundPassenger] {
        guard let passengers else { return try fromOptions() }
        var list = try Self.read(passengers)
        for index in list.indices where list[index].refundReason == nil { list[index].refundReason = reason }
        guard list.allSatisfy({ $0.refundReason != nil }) else {
            throw RunError(
                .unusableInput, "\(passengers): a passenger has no refundReason, and --reason is not given")
        }
        return list
    }

    private func fromOptions() throws(RefundPassengerError) -> [RefundPassenger] {
        var segments: [RefundPassenger.Segment] = []
        for option in segment { segments.append(try RefundPassenger.Segment(option: option)) }
        var list: [RefundPassenger] = []
        for name in passenger {
            list.append(try RefundPassenger(name: name, segments: segments, refundReason: reason))
        }
        return list
    }

    private static func read(_ path: String) throws -> [RefundPassenger] {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: path) } catch { throw RunError(error) }
        var reader = JSONReader()
        let text = input.textBytes
        let reading = reader.read(text.span)
        switch text.span.isValidUTF8 ? reading.fault : .syntax(offset: 0) {
        case .syntax(let offset): throw RunError(.unusableInput, "\(path): not JSON at byte \(offset + 1)")
        case .duplicateKey(let key): throw RunError(.unusableInput, "\(path): the key \(key) appears twice")
        case nil: break
        }
        guard let root = reading.root else { throw RunError(.unusableInput, "\(path): not JSON") }
        do throws(RefundPassengerError) { return try RefundPassenger.list(decoding: root) } catch {
            throw RunError(.unusableInput, "\(path): \(error)")
        }
    }
}

/// Where the call is kept for the nightly run.
struct CaptureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Append the call as an order record that run reads with --orders.", valueName: "file.jsonl"))
    var capture: String?

    @Option(help: ArgumentHelp("How the ticket was paid, for the capture: deposit or vcc.", valueName: "method"))
    var paymentMethod: PaymentMethod = .deposit
}
