import Files
import Memory
import Refunds
import Rules

/// Takes over a store of the first version: its last night becomes the first of a store of today's, and a copy of the whole is
/// kept beside it. Killed at any moment, it leaves the one or the other in its place.
///
/// The first version did not keep refunds that had ended, and records that contradicted a case.
/// Answers are asked for again.
package struct StateTakeover {
    private let path: String
    private let former: FormerStore
    private let reading: Reading

    /// Work that others do for the takeover.
    package struct Reading: Sendable {
        /// Reads the lines of a file of carried orders, or of carried webhooks.
        package let records: @Sendable (_ path: String) async throws -> [RememberedRecord]
        package let webhooks: @Sendable (_ path: String) async throws -> [RememberedWebhook]
        /// The SHA-256 of every manifest that was published in an output folder.
        package let published: @Sendable (_ folder: String) -> Set<String>

        package init(
            records: @escaping @Sendable (_ path: String) async throws -> [RememberedRecord],
            webhooks: @escaping @Sendable (_ path: String) async throws -> [RememberedWebhook],
            published: @escaping @Sendable (_ folder: String) -> Set<String>
        ) {
            self.records = records
            self.webhooks = webhooks
            self.published = published
        }
    }

    /// Takes the store over if it is one of the first version; returns a message, or nil if there was nothing to do.
    package static func takeOver(_ path: String, _ reading: Reading) async throws -> String? {
        guard let former = try FormerStore(path: path) else { return nil }
        return try await StateTakeover(path: path, former: former, reading: reading).takeOver()
    }

    private var copyPath: String { path + ".v1" }
    /// The new store before it has its place.
    private var newPath: String { path + ".new" }

    private func takeOver() async throws -> String {
        let nights = try former.nights(isPublished: isPublished)
        let night = try nights.last.map { (last) throws(StateError) in try former.night(last, among: nights) }
        if let night, night.kept.isStale {
            throw NightError.unusable(
                "the state \(path) is of an earlier version, and its last night, \(night.kept.asOf), is stale: "
                    + "run it again with the refund-recon that wrote it, then run this one")
        }
        try keepCopy()
        for leftover in [newPath, newPath + "-journal"] { FileSystem.removeIfThere(leftover) }
        var conflicts = 0
        if let night {
            let orders = try await orders(of: night, &conflicts)
            try write(night, orders)
        } else {
            _ = try NightStore(path: newPath)
        }
        try FileSystem.move(newPath, to: path)
        try FileSystem.settleNames(in: folder)
        return "the state \(path) was taken over from an earlier version; \(copyPath) is a copy of it as it was"
            + (conflicts == 0
                ? ""
                : "; \(conflicts) of its cases had a conflicting record, which it did not keep: they are CONFLICTING_ORDER "
                    + "only if such a record comes again")
    }

    private var folder: String { FileSystem.folder(of: path) }

    /// Whether the report of a night is published whose run was killed. "No" is said only of the folder in which it was to be.
    private func isPublished(_ night: KeptNight, _ others: [KeptNight]) throws(StateError) -> Bool {
        let chain = reading.published(night.folder)
        if chain.contains(night.manifestSHA256) { return true }
        let neighbours = others.filter { $0.folder == night.folder }.map(\.manifestSHA256)
        let isItsFolder =
            neighbours.isEmpty
            ? FileSystem.exists("\(night.folder)/.lock") : neighbours.contains(where: chain.contains)
        guard isItsFolder else {
            throw .unsettled(
                path: path,
                reason: "a run for \(night.asOf) was killed while it published, and \(night.folder) is not the folder "
                    + "that it was, or is not there: bring it back and run again")
        }
        return false
    }

    // MARK: The copy

    /// Keeps the store as it is. One that an earlier try has left is kept.
    private func keepCopy() throws {
        if FileSystem.exists(copyPath) {
            if isSameStore(copyPath) { return }
            throw NightError.copyInTheWay(
                "the state \(path) is of an earlier version, and a copy of it is to be kept as \(copyPath), which is "
                    + "there already and is something else: move it away and run again")
        }
        let temporary = copyPath + ".new"
        FileSystem.removeIfThere(temporary)
        let file = try FileSystem.writing(temporary) { () throws(SystemError) in
            try File(temporary, to: .create, readers: .owner)
        }
        do throws(StateError) { try former.copy(to: temporary) } catch {
            FileSystem.removeIfThere(temporary)
            throw error
        }
        try FileSystem.writing(temporary) { () throws(SystemError) in try file.sync() }
        try FileSystem.move(temporary, to: copyPath)
        try FileSystem.settleNames(in: folder)
    }

    /// Whether a file is a store with the same nights.
    private func isSameStore(_ other: String) -> Bool {
        func nights(_ store: FormerStore?) throws(StateError) -> [KeptNight]? {
            try store?.nights { _, _ throws(StateError) in true }
        }
        do throws(StateError) { return try nights(try FormerStore(path: other)) == nights(former) } catch {
            return false
        }
    }

    // MARK: The orders

    /// The records that the night handed on, by order, in the order of the order numbers.
    private func orders(of night: FormerNight, _ conflicts: inout Int) async throws -> [RememberedOrder] {
        var orders: [OrderLink: RememberedOrder] = [:]
        func change(_ identity: OrderLink?, _ change: (inout RememberedOrder) -> Void) {
            // Every record and row has an order number, a locator or a code.
            guard let identity else { return }
            change(&orders[identity, default: RememberedOrder(identity: identity)])
        }
        let lines = FormerLines(night, &conflicts)
        for record in try await read(lines.orders, reading.records) {
            change(record.record.identity.lookupKey.link) { $0.records.append(record) }
        }
        for webhook in try await read(lines.webhooks, reading.webhooks) {
            change(.order(webhook.webhook.orderNo)) { $0.webhooks.append(webhook) }
        }
        for var item in night.items {
            item.id = item.key.id
            change(item.key.link) { $0.items.append(item) }
        }
        for var record in night.breaks {
            record.id = record.key.id
            change(record.key.link) { $0.breaks.append(record) }
        }
        return orders.values.map { order in
            var order = order
            if order.items.isEmpty, order.breaks.isEmpty { order.settledOn = night.kept.asOf }
            return order
        }.sorted { $0.identity.sortText < $1.identity.sortText }
    }

    /// Reads lines as a file of them is read.
    private func read<Record>(
        _ lines: [UInt8], _ records: (_ path: String) async throws -> [Record]
    ) async throws -> [Record] {
        let path = path + ".lines"
        FileSystem.removeIfThere(path)
        defer { FileSystem.removeIfThere(path) }
        try FileSystem.writing(path) { () throws(SystemError) in
            try File(path, to: .create, readers: .owner).write(lines)
        }
        do { return try await records(path) } catch let error as InputError {
            throw NightError.unusable(
                "the state \(self.path) is of an earlier version and cannot be taken over: \(error)")
        }
    }

    private static let ordersAPart = 8192

    private func write(_ night: FormerNight, _ orders: [RememberedOrder]) throws(StateError) {
        let store = try NightStore(path: newPath)
        let draft = try store.draft(night.kept.asOf, ordinal: night.ordinal, openedFrom: night.kept.openedFrom)
        var rest = orders[...]
        while !rest.isEmpty {
            var writer = PartWriter()
            for order in rest.prefix(Self.ordersAPart) { writer.add(order) }
            for part in writer.finish() { try draft.append(part) }
            rest = rest.dropFirst(Self.ordersAPart)
        }
        draft.figures.cases = night.kept.cases
        draft.figures.openCases = night.items.count { $0.key.rowType == .case }
        draft.figures.orphans = night.items.count { $0.key.rowType != .case }
        draft.figures.breaks = night.breaks.count
        draft.figures.balance = night.balance
        let place = ReportPlace(
            manifestSHA256: night.kept.manifestSHA256, folder: night.kept.folder, folderMark: "")
        try store.confirm(try draft.prepare(place))
    }
}

extension RowKey {
    /// The link by which the order of the row is found.
    fileprivate var link: OrderLink? {
        var links = OrderLinks()
        links.add(self)
        return links.list.first
    }
}

extension OrderLink {
    /// By which orders are put in order.
    fileprivate var sortText: String {
        switch self {
        case .order(let orderNo): "0\(orderNo)"
        case .locator(let airlinePNR, let carrier): "1\(airlinePNR) \(carrier)"
        case .unnamedRefund(let code): "2\(code)"
        }
    }
}

extension RefundIdentity {
    fileprivate var link: OrderLink? {
        var links = OrderLinks()
        links.add(self)
        return links.list.first
    }
}
