import Memory
import Refunds
import Rules

/// A link by which an order is found: evidence with one of its links concerns it.
package enum OrderLink: Sendable, Hashable {
    case order(Text)
    /// Refunds of a booking whose order number may not be known.
    case locator(airlinePNR: Text, carrier: Text)
    /// A refund that an answer names by its code without saying of which order it is.
    case unnamedRefund(Text)
}

/// Everything that the store keeps of an order: the fields that the rules read, and nothing else.
package struct RememberedOrder: Sendable, Equatable {
    /// The order number, else PNR and carrier.
    package var identity: OrderLink
    /// In the order in which they came first. The first of a key is the case, the others are held against it again.
    package var records: [RememberedRecord] = []
    /// In the order in which they came first.
    package var webhooks: [RememberedWebhook] = []
    package var answers: [RememberedAnswer] = []
    /// Its open items.
    package var items: [OpenItem] = []
    /// The breaks of its rows.
    package var breaks: [BreakRecord] = []
    /// The last night that examined it and left nothing open or to be decided; nil where something is.
    package var settledOn: CalendarDate?

    package init(identity: OrderLink) { self.identity = identity }

    /// All by which evidence finds it, each once.
    package var links: [OrderLink] {
        var links = OrderLinks(identity)
        for record in records { links.add(record.record) }
        for webhook in webhooks { links.add(webhook.webhook) }
        for answer in answers { links.add(answer.entries, answerTo: answer.key) }
        for item in items { links.add(item.key) }
        for record in breaks { links.add(record.key) }
        return links.list
    }
}

/// The links by which records, webhooks, answers and rows are found: of an order, or of evidence about some.
package struct OrderLinks: Sendable {
    /// Each once, in the order in which they were added; of an order its identity first.
    package private(set) var list: [OrderLink] = []
    /// The same where they are many; empty where they are few, which is nearly always.
    private var known: Set<OrderLink> = []
    private static let fewCount = 16

    /// No link yet.
    package init() {}

    init(_ identity: OrderLink) { list = [identity] }

    /// Begins with another order.
    mutating func begin(_ identity: OrderLink) {
        list.removeAll(keepingCapacity: true)
        list.append(identity)
        if !known.isEmpty { known = [] }
    }

    package mutating func add(_ record: RefundCase) { add(record.orderNo, record.airlinePNR, record.carrier) }

    mutating func add(_ webhook: Webhook) { insert(.order(webhook.orderNo)) }

    /// A row without an order is that of a refund which an answer names.
    package mutating func add(_ key: RowKey) {
        add(key.orderNo, key.airlinePNR, key.carrier)
        if key.orderNo == nil, key.airlinePNR == nil, let refundCode = key.refundCode {
            insert(.unnamedRefund(refundCode))
        }
    }

    /// The case of a line of a journal.
    package mutating func add(_ key: RefundIdentity) { add(key.orderNo, key.airlinePNR, key.carrier) }

    package mutating func add(_ entries: RefundOrderEntries, answerTo key: RefundIdentity) {
        add(key)
        for entry in entries {
            if let orderNo = entry.orderNo {
                insert(.order(orderNo))
            } else if entry.refundCode != key.refundCode {
                insert(.unnamedRefund(entry.refundCode))
            }
        }
    }

    private mutating func add(_ orderNo: Text?, _ airlinePNR: Text?, _ carrier: Text?) {
        if let orderNo { insert(.order(orderNo)) }
        if let airlinePNR, let carrier { insert(.locator(airlinePNR: airlinePNR, carrier: carrier)) }
    }

    private mutating func insert(_ link: OrderLink) {
        if list.count <= Self.fewCount {
            if list.contains(link) { return }
        } else {
            if known.isEmpty { known = Set(list) }
            guard known.insert(link).inserted else { return }
        }
        list.append(link)
    }
}
