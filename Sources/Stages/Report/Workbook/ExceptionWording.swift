import Memory
import Refunds

/// The problem of a row, in one line of plain words for the person who has to act on it.
enum ExceptionWording {
    /// The line for a row: first whether its webhook may be about other refunds too, for then no amount of it is sure;
    /// then what happened to the money; then whatever else is known, in RULES.md's order.
    static func sentence(_ row: ResultRow) -> String {
        var clauses: [String] = []
        if row.exceptions.contains(.ambiguousMatch) { clauses.append(shared(row)) }
        if let money = moneyClause(row) { clauses.append(money) }
        for code in row.exceptions {
            if let clause = clause(code, row) { clauses.append(clause) }
        }
        return clauses.map { $0 + "." }.joined(separator: " ")
    }

    // MARK: The money

    /// `Atlas paid 3.00 USD less than quoted: penalty 5.00 lower, 8.00 unexplained`.
    private static func moneyClause(_ row: ResultRow) -> String? {
        let codes: [ExceptionCode] = [
            .refundShort, .refundOver, .penaltyVariance, .feeVariance, .originalAmountVariance,
            .finalArithmeticMismatch,
        ]
        guard codes.contains(where: row.exceptions.contains), let currency = row.currency else { return nil }
        let parts = differences(row, currency).joined(separator: ", ")
        guard let variance = row.variances.refund else {
            return parts.isEmpty ? nil : "Paid amounts differ: \(parts)"
        }
        let head =
            variance == .zero
            ? "Atlas paid the refund as quoted"
            : "Atlas paid \(shown(variance.magnitude, currency)) \(currency) "
                + (variance.isNegative ? "less" : "more") + " than quoted"
        if parts.isEmpty { return variance == .zero ? head : head + ", parts unknown" }
        return head + (variance == .zero ? ", but " : ": ") + parts
    }

    /// Each part that differs, with its direction.
    private static func differences(_ row: ResultRow, _ currency: Currency) -> [String] {
        var parts: [String] = []
        func add(_ name: String, _ variance: Amount?) {
            guard let variance, variance != .zero else { return }
            let direction = variance.isNegative ? "lower" : "higher"
            parts.append("\(name) \(shown(variance.magnitude, currency)) \(direction)")
        }
        add("original amount", row.variances.original)
        add("penalty", row.variances.penalty)
        add("fee", row.variances.fee)
        if let unexplained = row.unexplained, unexplained != .zero, let currency = row.finalCurrency {
            // Against the direction of the whole, it must be told apart from what adds to it.
            let offsets = row.variances.refund.map { $0.isNegative != unexplained.isNegative } ?? false
            parts.append((offsets ? "offset by " : "") + shown(unexplained.magnitude, currency) + " unexplained")
        }
        return parts
    }

    // MARK: Everything else

    private static func clause(_ code: ExceptionCode, _ row: ResultRow) -> String? {
        switch code {
        case .refundShort, .refundOver, .penaltyVariance, .feeVariance, .originalAmountVariance: nil
        // Said first.
        case .ambiguousMatch: nil
        case .statusIllegalForPayment: illegalStatus(row)
        case .finalArithmeticMismatch:
            row.currency == nil || row.finalCurrency != row.currency ? arithmetic(row) : nil
        case .currencyMismatch: currencyMismatch(row)
        case .queryCurrenciesMixed: mixedCurrencies(row)
        case .queryFailed: queryFailure(row)
        case .unrecordedRefund: "Atlas knows a refund of this order that our records do not\(paid(row))"
        case .orphanWebhook: "A webhook came for an order that our records do not have\(paid(row))"
        case .refundedNotRefundable: "The ticket was recorded as not refundable, but a refund was paid\(paid(row))"
        case .rejected: "The refund was rejected: \(expected(row)) is not coming" + reason(row)
        case .withdrawn: "The refund was withdrawn: \(expected(row)) is not coming" + reason(row)
        case .overdueConfirmation:
            // The refund's own date says more.
            row.exceptions.contains(.overdueRefund) ? nil : overdue("Confirmation", row.expectedConfirmationDate, row)
        case .overdueRefund: overdue("The refund", row.expectedRefundDate, row)
        case .noEvidence: "Neither a query nor a webhook says what became of \(expected(row))"
        case .unquoted: "Paid without a quotation to compare with\(paid(row))"
        default: code.entry.meaning
        }
    }

    private static func shared(_ row: ResultRow) -> String {
        let shared = "One webhook seems to cover several refunds of this order"
        switch row.finalSource {
        case .query: return shared + "; the query's amounts are used"
        case .webhook: return shared + "; the webhook's amounts are used"
        case nil: return shared
        }
    }

    private static func illegalStatus(_ row: ResultRow) -> String {
        guard let status = row.status, let method = row.paymentMethod else {
            return ExceptionCode.statusIllegalForPayment.entry.meaning
        }
        return "Status \(status.rawValue) is not valid for payment by \(method.rawValue)"
    }

    private static func arithmetic(_ row: ResultRow) -> String? {
        guard let currency = row.finalCurrency, let unexplained = row.unexplained else { return nil }
        return "The paid amounts do not add up: \(shown(unexplained.magnitude, currency)) \(currency) unexplained"
    }

    private static func currencyMismatch(_ row: ResultRow) -> String {
        guard let quoted = row.currency, let paid = row.finalCurrency, quoted != paid else {
            return "Atlas's answer mixes several currencies, so its amounts cannot be compared"
        }
        guard let amount = row.final?.refund else { return "Quoted in \(quoted), paid in \(paid)" }
        return "Quoted in \(quoted), paid in \(paid): \(shown(amount, paid)) \(paid) for \(expected(row)) expected"
    }

    private static func mixedCurrencies(_ row: ResultRow) -> String {
        let notUsed = "The query mixes several currencies and was not used"
        return row.finalSource == .webhook ? notUsed + "; the webhook's amounts count" : notUsed
    }

    private static func overdue(_ what: String, _ promised: CalendarDate?, _ row: ResultRow) -> String {
        let promise = promised.map { "\(what) was promised by \($0)" } ?? "\(what) is overdue"
        let age = row.ageDays.map { ", asked for \($0) \($0 == 1 ? "day" : "days") ago" } ?? ""
        return "\(promise)\(age): \(expected(row)) still outstanding"
    }

    /// `43.26 USD`, or words where there is no amount.
    private static func expected(_ row: ResultRow) -> String {
        guard let amount = row.expected?.refund, let currency = row.currency else { return "the refund, not quoted," }
        return "\(shown(amount, currency)) \(currency)"
    }

    /// `: 43.26 USD`, or nothing where nothing was paid.
    private static func paid(_ row: ResultRow) -> String {
        guard let amount = row.final?.refund, let currency = row.finalCurrency else { return "" }
        return ": \(shown(amount, currency)) \(currency)"
    }

    /// The reason that Atlas gives, on one line and not too long.
    private static func reason(_ row: ResultRow) -> String {
        guard let reason = row.cancelReason, !reason.isEmpty else { return "" }
        return " (\(onOneLine(reason.string, limit: 120)))"
    }

    /// Why there is no answer, with the fault of the one that came.
    private static func queryFailure(_ row: ResultRow) -> String {
        guard let code = row.queryError else { return ExceptionCode.queryFailed.entry.meaning }
        let failure = QueryFailure(code, detail: row.queryErrorDetail)
        return ExceptionCode.queryFailed.entry.meaning + ": " + onOneLine(failure.sentence, limit: 300)
    }

    /// A text from outside, cut to a number of characters.
    private static func onOneLine(_ text: String, limit: Int) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count > limit ? line.prefix(limit) + "…" : line
    }

    /// The amount with thousands separators.
    private static func shown(_ amount: Amount, _ currency: Currency) -> String { amount.shown(currency) }
}
