/// Which exception codes a row must and must not have, as far as its columns decide that.
struct CodeRules {
    let rules: RowRules
    let row: ReportRow

    private static let order = Dictionary(
        uniqueKeysWithValues: ReportLists.codes.enumerated().map { ($1.name, $0) })

    func faults() -> [String] {
        var faults: [String] = []
        var last = -1
        for code in row.codes {
            // A code that the list does not have is an info: it decides nothing, but summary.json must count it.
            guard let place = Self.order[code] else { continue }
            if place <= last { faults.append("exceptions are out of order, or one is there twice: \(code)") }
            last = place
        }
        for (code, isDue) in row.isCase ? caseCodes() : otherCodes() where row.codes.contains(code) != isDue {
            faults.append(isDue ? "\(code) is missing" : "\(code) does not follow from its columns")
        }
        return faults
    }

    /// Rows without a case carry their own code only.
    private func otherCodes() -> [(String, Bool)] {
        let own = row.type == .orphanWebhook ? "ORPHAN_WEBHOOK" : "UNRECORDED_REFUND"
        return ReportLists.codes.map { ($0.name, $0.name == own) }
    }

    private func caseCodes() -> [(String, Bool)] {
        amountCodes + statusCodes + queryCodes + evidenceCodes
            + [("UNRECORDED_REFUND", false), ("ORPHAN_WEBHOOK", false)]
    }

    private var amountCodes: [(String, Bool)] {
        let refund = row.variances[3]
        let isBeyond = rules.isBeyond(refund, in: row.currency)
        var codes = [
            ("REFUND_SHORT", isBeyond && (refund ?? 0) < 0), ("REFUND_OVER", isBeyond && (refund ?? 0) > 0),
            ("PENALTY_VARIANCE", rules.isBeyond(row.variances[1], in: row.currency)),
            ("FEE_VARIANCE", rules.isBeyond(row.variances[2], in: row.currency)),
            ("ORIGINAL_AMOUNT_VARIANCE", rules.isBeyond(row.variances[0], in: row.currency)),
            ("FINAL_ARITHMETIC_MISMATCH", rules.isBeyond(row.unexplained, in: row.finalCurrency)),
            ("UNQUOTED", row.outcome == "unquoted"),
        ]
        if !row.finalCurrency.isEmpty {
            codes.append(("CURRENCY_MISMATCH", row.finalCurrency != row.currency))
        } else if row.finalSource != "query" {
            codes.append(("CURRENCY_MISMATCH", false))
        }
        return codes
    }

    private var statusCodes: [(String, Bool)] {
        let allowed = row.paymentMethod == "vcc" ? [0, 1, 4, 5, 6] : [0, 1, 2, 3, 4]
        let isOverdue = row.outcome == "overdue"
        return [
            ("REJECTED", row.outcome == "rejected" && row.expected[3] ?? 1 > 0),
            ("OVERDUE_CONFIRMATION", isOverdue && rules.isPast(row.dates[1], of: row, statuses: [0, 1])),
            ("OVERDUE_REFUND", isOverdue && rules.isPast(row.dates[2], of: row, statuses: [0, 1, 3])),
            ("STATUS_ILLEGAL_FOR_PAYMENT", row.status.map { !allowed.contains($0) } ?? false),
            ("NO_EVIDENCE", row.outcome == "unverified"), ("WITHDRAWN", row.outcome == "withdrawn"),
        ]
    }

    /// A case that can be asked about was answered, was not found, or the query failed: one of them.
    private var queryCodes: [(String, Bool)] {
        let isQueryable = !row.refundCode.isEmpty
        let isAnswered = row.statusSource == "query"
        let hasFailed = row.codes.contains("QUERY_FAILED")
        var codes = [("NOT_QUERYABLE", !isQueryable)]
        if !isQueryable || isAnswered {
            codes += [("QUERY_FAILED", false), ("NOT_FOUND_AT_ATLAS", false)]
        } else {
            // Which of the two it was, the evidence in reconciliation.jsonl says.
            codes.append(("NOT_FOUND_AT_ATLAS", !hasFailed))
        }
        let isRefunded = isAnswered && row.hasFinal
        let hasConflict = row.codes.contains("STATUS_CONFLICT")
        if !isRefunded || row.finalSource == "webhook" || hasConflict {
            codes.append(("MISSING_WEBHOOK", false))
        } else if row.webhookCount == 0 {
            codes.append(("MISSING_WEBHOOK", true))
        }
        return codes
    }

    /// Codes that only the evidence decides, where the columns rule them out.
    private var evidenceCodes: [(String, Bool)] {
        let isAnswered = row.statusSource == "query"
        let conditions: [(String, Bool)] = [
            ("STATUS_CONFLICT", isAnswered && row.webhookCount > 0),
            (
                "SOURCE_AMOUNT_CONFLICT",
                isAnswered && row.finalSource == "webhook" && row.finalCurrency == row.currency
            ),
            ("REFUNDED_NOT_REFUNDABLE", row.final[3] ?? 0 > 0), ("WEBHOOK_REVISED", row.webhookCount > 1),
            ("AMBIGUOUS_MATCH", row.webhookCount > 0), ("VOUCHER_ISSUED", isAnswered),
            ("PARTS_MISMATCH", row.webhookCount > 0), ("DUPLICATE_WEBHOOK", row.webhookCount > 0),
            ("QUERY_CURRENCIES_MIXED", isAnswered && row.finalSource != "query"),
        ]
        return conditions.filter { !$0.1 }
    }
}
