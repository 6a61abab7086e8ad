import Ingest
import JSON
import Memory
import Refunds
import Night

/// A night as JSON Lines: the night, then each order that it handed on with all that is remembered of it; one object a line,
/// each with its `type`.
struct NightExport {
    let store: NightStore
    let night: OpenedNight

    /// Orders whose lines are made before they are written.
    private static let batchCount = 1000

    /// - Parameter write: gets whole lines.
    func lines(_ write: ([UInt8]) throws -> Void) throws {
        let memory: OrderMemory
        do throws(StateError) {
            // What was settled long ago is not needed any more, but it is there.
            memory = try OrderMemory(
                night, path: store.path, asOf: night.asOf, rememberDays: .max, index: store.index(of:))
        } catch { throw RunError(error) }
        try write(Self.line("night", nightTree.encoded()))
        var places = memory.all[...]
        while !places.isEmpty {
            let batch = places.prefix(Self.batchCount)
            places = places.dropFirst(Self.batchCount)
            let orders: [RememberedOrder]
            do throws(StateError) { orders = try memory.orders(at: batch, content: store.content(of:)) } catch {
                throw RunError(error)
            }
            try write(orders.flatMap { Self.line("order", $0.exported) })
        }
    }

    private var nightTree: JSONTree {
        let figures = night.figures
        return .object([
            .init("asOf", .string(night.asOf.description)), .init("ordinal", .int(night.ordinal)),
            .init("digest", .string(night.digest)), .init("cases", .int(figures.cases)),
            .init("openCases", .int(figures.openCases)), .init("orphanWebhooks", .int(figures.orphans)),
            .init("breaks", .int(figures.breaks)),
        ])
    }

    private static func line(_ type: String, _ record: [UInt8]) -> [UInt8] {
        var bytes = Array("{\"type\":\"\(type)\",\"record\":".utf8)
        bytes += record
        bytes.append(literal: "}\n")
        return bytes
    }
}

extension RememberedOrder {
    /// As a JSON object: its records, webhooks and answers as the files of a report have them.
    fileprivate var exported: [UInt8] {
        var bytes: [UInt8] = []
        func list<Element>(_ name: String, _ elements: [Element], _ append: (Element, inout [UInt8]) -> Void) {
            bytes.append(literal: ",")
            bytes.append(jsonString: name)
            bytes.append(literal: ":[")
            for (number, element) in elements.enumerated() {
                if number > 0 { bytes.append(literal: ",") }
                append(element, &bytes)
            }
            bytes.append(literal: "]")
        }
        bytes += JSONTree.object(identity.members + [.init("settledOn", .text(settledOn?.description))]).encoded()
            .dropLast()
        list("records", records) { $0.appendLine(to: &$1) }
        list("webhooks", webhooks) { $0.appendLine(to: &$1) }
        list("answers", answers) { $0.appendLine(to: &$1) }
        var open = ByteWriter()
        list("openItems", items) { item, bytes in
            open.removeAll()
            item.appendLine(to: &open)
            bytes += open.bytes
        }
        list("breaks", breaks) { record, bytes in
            open.removeAll()
            record.appendLine(to: &open)
            bytes += open.bytes
        }
        bytes.append(literal: "}")
        return bytes
    }
}

extension OrderLink {
    fileprivate var members: [JSONTree.Member] {
        switch self {
        case .order(let orderNo): [.init("orderNo", .string(orderNo.string))]
        case .locator(let airlinePNR, let carrier):
            [.init("airlinePNR", .string(airlinePNR.string)), .init("carrier", .string(carrier.string))]
        case .unnamedRefund(let code): [.init("refundCode", .string(code.string))]
        }
    }
}
