import JSON

/// What Atlas's own `status`, in the body of an answer, means for whoever asked (FORMATS.md, "Statuses: the query and its
/// journal").
package enum AtlasStatus: Sendable, Equatable {
    /// 0
    case success
    /// 703, no order found; 801, the order does not exist. It is an answer: the refund is not there.
    case notFound
    /// -1, 2, 705, 9999: asked again, it may be another.
    case passing
    /// 900, unauthorized; 902, access denied.
    case credentialsRefused
    /// 814, a refund is being submitted; 816, 817, 818, one was submitted already. To a query it is as final as any other.
    case refundExists
    /// Any other: the same next time.
    case final

    package init(_ code: Int) {
        self =
            switch code {
            case 0: .success
            case 703, 801: .notFound
            case -1, 2, 705, 9999: .passing
            case 900, 902: .credentialsRefused
            case 814, 816, 817, 818: .refundExists
            default: .final
            }
    }

    /// The code that a body states: a JSON integer. nil where it has none; a text or `703.0` is not one.
    package static func code(of body: JSONView) -> Int? {
        guard let status = body["status"] else { return nil }
        // The usual one, without a detour.
        if status.kind == .number, status.raw.count == 1, status.raw[0] == UInt8(ascii: "0") { return 0 }
        return status.int
    }
}
