import Core
import JSON

/// One passenger of a refund, with the segments that are given back.
public struct RefundPassenger: Sendable, Equatable {
    /// One flight of the ticket.
    public struct Segment: Sendable, Equatable {
        /// `yyyyMMdd`
        public var depDate: Text
        public var flightNo: Text
        /// Three-letter IATA codes.
        public var depAirport: Text
        public var arrAirport: Text

        public init(depDate: Text, flightNo: Text, depAirport: Text, arrAirport: Text) {
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

    public var lastName: Text
    public var firstName: Text
    public var segments: [Segment]
    /// The older generation has no reason; the member is left out without one.
    public var refundReason: RefundReason?

    public init(lastName: Text, firstName: Text, segments: [Segment], refundReason: RefundReason? = nil) {
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

/// The body of `refundQuotation.do`: what would be paid back.
public struct RefundQuotationRequest: Sendable, Equatable {
    public var generation: APIGeneration
    public var order: OrderReference
    public var displayCurrency: Text?
    public var passengers: [RefundPassenger]

    public init(
        generation: APIGeneration = .current, order: OrderReference, displayCurrency: Text? = nil,
        passengers: [RefundPassenger]
    ) {
        self.generation = generation
        self.order = order
        self.displayCurrency = displayCurrency
        self.passengers = passengers
    }

    /// The body as JSON on one line, its keys in the order of Atlas's samples.
    public func encoded() -> [UInt8] {
        let list = JSONTree.Member("refundRequestList", .array(passengers.map(\.tree)))
        switch generation {
        case .legacy(let cid):
            let order = JSONTree.Member("orderNo", .text(order.orderNo?.string))
            return JSONTree.object([.init("cid", .string(cid.string)), order, list]).encoded()
        case .current:
            let display = JSONTree.Member("displayCurrency", .text(displayCurrency?.string))
            return JSONTree.object(order.members + [display, list]).encoded()
        }
    }
}

/// The body of `refund.do`: the refund is asked for, by an offer of the quotation or by passengers anew.
public struct RefundRequest: Sendable, Equatable {
    /// Atlas takes one of the two; the other is null.
    public enum Subject: Sendable, Equatable {
        case offer(refundOfferId: Text)
        case passengers([RefundPassenger])
    }

    public var generation: APIGeneration
    public var order: OrderReference
    public var displayCurrency: Text?
    public var subject: Subject

    public init(
        generation: APIGeneration = .current, order: OrderReference, displayCurrency: Text? = nil, subject: Subject
    ) {
        self.generation = generation
        self.order = order
        self.displayCurrency = displayCurrency
        self.subject = subject
    }

    /// The body as JSON on one line, its keys in the order of Atlas's samples.
    public func encoded() -> [UInt8] {
        var offer = JSONTree.Member("refundOfferId", .null)
        var list = JSONTree.Member("refundRequestList", .null)
        switch subject {
        case .offer(let refundOfferId): offer = .init("refundOfferId", .string(refundOfferId.string))
        case .passengers(let passengers): list = .init("refundRequestList", .array(passengers.map(\.tree)))
        }
        switch generation {
        case .legacy(let cid):
            let given = [offer, list].filter { $0.value != .null }
            let order = JSONTree.Member("orderNo", .text(order.orderNo?.string))
            return JSONTree.object([.init("cid", .string(cid.string)), order] + given).encoded()
        case .current:
            let display = JSONTree.Member("displayCurrency", .text(displayCurrency?.string))
            return JSONTree.object(order.members + [display, offer, list]).encoded()
        }
    }
}

/// The body of `queryRefundOrders.do`: where a refund stands. Only the current generation has it.
public struct QueryRefundOrdersRequest: Sendable, Equatable {
    public var refundCode: Text
    public var order: OrderReference
    public var displayCurrency: Text?

    public init(refundCode: Text, order: OrderReference, displayCurrency: Text? = nil) {
        self.refundCode = refundCode
        self.order = order
        self.displayCurrency = displayCurrency
    }

    /// The body as JSON on one line, exactly as FORMATS.md, "Statuses: the query and its journal", has it.
    public func encoded() -> [UInt8] {
        let code = JSONTree.Member("refundCode", .string(refundCode.string))
        let display = JSONTree.Member("displayCurrency", .text(displayCurrency?.string))
        return JSONTree.object([code] + order.members + [display]).encoded()
    }
}
