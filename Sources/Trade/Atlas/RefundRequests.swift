import JSON
import Memory
import Refunds

/// One passenger of a refund, with the segments that are given back.
package struct RefundPassenger: Sendable, Equatable {
    /// One flight of the ticket.
    package struct Segment: Sendable, Equatable {
        /// `yyyyMMdd`
        package var depDate: Text
        package var flightNo: Text
        /// Three-letter IATA codes.
        package var depAirport: Text
        package var arrAirport: Text

        package init(depDate: Text, flightNo: Text, depAirport: Text, arrAirport: Text) {
            self.depDate = depDate
            self.flightNo = flightNo
            self.depAirport = depAirport
            self.arrAirport = arrAirport
        }

        var tree: JSONTree {
            .object([
                .init("depDate", .string(depDate.string)), .init("flightNo", .string(flightNo.string)),
                .init("depAirport", .string(depAirport.string)), .init("arrAirport", .string(arrAirport.string)),
            ])
        }
    }

    package var lastName: Text
    package var firstName: Text
    package var segments: [Segment]
    /// The member is left out without one.
    package var refundReason: RefundReason?

    package init(lastName: Text, firstName: Text, segments: [Segment], refundReason: RefundReason? = nil) {
        self.lastName = lastName
        self.firstName = firstName
        self.segments = segments
        self.refundReason = refundReason
    }

    var tree: JSONTree {
        var members: [JSONTree.Member] = [
            .init("lastName", .string(lastName.string)), .init("firstName", .string(firstName.string)),
            .init("segments", .array(segments.map(\.tree))),
        ]
        if let refundReason { members.append(.init("refundReason", .string(refundReason.rawValue))) }
        return .object(members)
    }
}

/// The body of `refundQuotation.do`: how much would be paid back.
package struct RefundQuotationRequest: Sendable, Equatable {
    package var order: RefundIdentity
    package var displayCurrency: Text?
    package var passengers: [RefundPassenger]

    package init(
        order: RefundIdentity, displayCurrency: Text? = nil,
        passengers: [RefundPassenger]
    ) {
        self.order = order
        self.displayCurrency = displayCurrency
        self.passengers = passengers
    }

    /// The body as JSON on one line, its keys in the order of Atlas's samples.
    package func encoded() -> [UInt8] {
        let list = JSONTree.Member("refundRequestList", .array(passengers.map(\.tree)))
        let display = JSONTree.Member("displayCurrency", .text(displayCurrency?.string))
        return JSONTree.object(order.members + [display, list]).encoded()
    }
}

/// The body of `refund.do`: the refund is asked for, by an offer of the quotation or by passengers anew.
package struct RefundRequest: Sendable, Equatable {
    /// Atlas takes one of the two; the other is null.
    package enum Subject: Sendable, Equatable {
        case offer(refundOfferID: Text)
        case passengers([RefundPassenger])
    }

    package var order: RefundIdentity
    package var displayCurrency: Text?
    package var subject: Subject

    package init(
        order: RefundIdentity, displayCurrency: Text? = nil, subject: Subject
    ) {
        self.order = order
        self.displayCurrency = displayCurrency
        self.subject = subject
    }

    /// The body as JSON on one line, its keys in the order of Atlas's samples.
    package func encoded() -> [UInt8] {
        var offer = JSONTree.Member("refundOfferId", .null)
        var list = JSONTree.Member("refundRequestList", .null)
        switch subject {
        case .offer(let refundOfferID): offer = .init("refundOfferId", .string(refundOfferID.string))
        case .passengers(let passengers): list = .init("refundRequestList", .array(passengers.map(\.tree)))
        }
        let display = JSONTree.Member("displayCurrency", .text(displayCurrency?.string))
        return JSONTree.object(order.members + [display, offer, list]).encoded()
    }
}

/// The body of `queryRefundOrders.do`, which asks for a refund's status.
package struct QueryRefundOrdersRequest: Sendable, Equatable {
    package var refundCode: Text
    package var order: RefundIdentity
    package var displayCurrency: Text?

    package init(refundCode: Text, order: RefundIdentity, displayCurrency: Text? = nil) {
        self.refundCode = refundCode
        self.order = order
        self.displayCurrency = displayCurrency
    }

    /// The body as JSON on one line, exactly as FORMATS.md, "Statuses: the query and its journal", has it.
    package func encoded() -> [UInt8] {
        let code = JSONTree.Member("refundCode", .string(refundCode.string))
        let display = JSONTree.Member("displayCurrency", .text(displayCurrency?.string))
        return JSONTree.object([code] + order.members + [display]).encoded()
    }
}
