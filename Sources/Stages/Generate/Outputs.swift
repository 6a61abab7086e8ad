import Memory
import Refunds

/// orders.csv, and in a sample orders.jsonl.
final class OrdersOutput {
    let rows: ChunkedFile?
    let lines: ChunkedFile?
    private let records: OrderWriter
    private let captures: CaptureWriter

    init(rows: ChunkedFile?, lines: ChunkedFile?, market: Market) {
        self.rows = rows
        self.lines = lines
        records = OrderWriter(market: market)
        captures = CaptureWriter(market: market)
    }

    func writeHeader() throws(GenerateError) { try rows?.writeLine(OrderWriter.csvHeader) }

    func write(_ order: OrderPlan) throws(GenerateError) {
        for plan in order.cases {
            switch plan.style {
            case .csv: try writeRows(plan, order)
            case .flatJSON:
                guard let lines else { continue }
                records.appendFlat(plan, order, to: &lines.buffer)
                try lines.endLine()
            case .legacyCapture, .currentCapture:
                guard let lines else { continue }
                for isRefund in [false, true] {
                    captures.appendCall(plan, order, isRefund: isRefund, to: &lines.buffer)
                    try lines.endLine()
                }
            }
        }
    }

    private func writeRows(_ plan: CasePlan, _ order: OrderPlan) throws(GenerateError) {
        guard let rows else { return }
        records.appendRow(plan, order, conflicting: false, to: &rows.buffer)
        try rows.endLine()
        if plan.repeats == .none { return }
        records.appendRow(plan, order, conflicting: plan.repeats == .conflicting, to: &rows.buffer)
        try rows.endLine()
    }

    func writeReject(_ place: Int) throws(GenerateError) {
        if place < SampleRejects.orders.count { try rows?.writeLine(SampleRejects.orders[place]) }
        if place < SampleRejects.orderLines.count { try lines?.writeLine(SampleRejects.orderLines[place]) }
    }
}

/// webhooks.jsonl: webhooks in mixed shapes, mixed with others within a window.
final class WebhooksOutput {
    let file: ChunkedFile
    private let writer: WebhookWriter
    private var window: ShuffleWindow
    private var random: SplitMix64
    private var scratch: [UInt8] = []
    private let asOf: CalendarDate

    init(file: ChunkedFile, options: GeneratorOptions, market: Market) {
        self.file = file
        writer = WebhookWriter(market: market)
        asOf = options.asOf
        random = SplitMix64(seed: options.seed ^ 0x5748_4F4F_4B53)
        window = ShuffleWindow(
            capacity: options.profile == .sample ? 24 : 512, random: SplitMix64(seed: random.next()))
    }

    func write(_ order: OrderPlan) throws(GenerateError) {
        for plan in order.cases { try write(plan, order) }
        if let orphan = order.orphan {
            let webhook = webhook(orphan.notice, orphan.number, orphan.number.day, 20)
            try push(webhook, drawnShape())
        }
        if random.chance(perMille: 30) {
            writer.appendTicketed(order, to: &window.line)
            try window.push(to: file)
        }
    }

    private func write(_ plan: CasePlan, _ order: OrderPlan) throws(GenerateError) {
        let notice = plan.notice
        // The lines are mixed, so only receivedAt shows the order in which revisions came.
        let isRevised = notice.revisedFrom != nil
        if notice.isProgressed {
            var progress = webhook(notice, order.number, plan.requestedAt, 2)
            progress.status = .airlineProcessing
            progress.breakdown = plan.quote
            progress.unexplained = .zero
            try push(progress, drawnShape())
        }
        guard notice.status?.isTerminal == true || !notice.isProgressed else { return }
        if let earlier = notice.revisedFrom {
            var revised = webhook(notice, order.number, plan.requestedAt, 9)
            revised.breakdown = earlier
            try push(revised, .envelope)
        }
        guard notice.status != nil else { return }
        let last = webhook(notice, order.number, plan.requestedAt, notice.status?.isTerminal == true ? 14 : 2)
        try push(last, isRevised ? .envelope : drawnShape())
        for _ in 0..<notice.redeliveries { try push(last, isRevised ? .envelope : drawnShape()) }
    }

    private func webhook(
        _ notice: NoticePlan, _ number: OrderNumber, _ requestedAt: CalendarDate, _ daysLater: Int
    ) -> WebhookWriter.Webhook {
        WebhookWriter.Webhook(
            number: number, status: notice.status ?? .airlineProcessing, breakdown: notice.breakdown,
            unexplained: notice.unexplained, farePenaltySurplus: notice.farePenaltySurplus,
            day: min(requestedAt.adding(days: daysLater), asOf), milliseconds: random.below(86_400_000))
    }

    private func push(_ webhook: WebhookWriter.Webhook, _ shape: WebhookWriter.Shape)
        throws(GenerateError)
    {
        // Atlas's flat sample has the status as a number, the wrapped one as text.
        let statusIsText = shape != .flat && random.chance(perMille: 850)
        writer.appendLine(webhook, shape, statusIsText: statusIsText, scratch: &scratch, to: &window.line)
        try window.push(to: file)
    }

    private func drawnShape() -> WebhookWriter.Shape {
        switch random.below(20) {
        case 0, 1: .flat
        case 2, 3: .envelope
        case 4: .envelopeOfText
        default: .wrapped
        }
    }

    func writeReject(_ place: Int) throws(GenerateError) {
        guard place < SampleRejects.webhooks.count else { return }
        window.line.append(literal: SampleRejects.webhooks[place])
        window.line.append(UInt8(ascii: "\n"))
        try window.push(to: file)
    }

    func drain() throws(GenerateError) { try window.drain(to: file) }
}

/// status-journal.jsonl: one line a query, in the order in which the answers came.
final class JournalOutput {
    let file: ChunkedFile
    private let writer: JournalWriter
    private var window: ShuffleWindow

    init(file: ChunkedFile, options: GeneratorOptions, market: Market) {
        self.file = file
        writer = JournalWriter(market: market, asOf: options.asOf)
        window = ShuffleWindow(capacity: 16, random: SplitMix64(seed: options.seed ^ 0x4A4F_5552_4E41_4C))
    }

    func write(_ order: OrderPlan, answer: [UInt8]) throws(GenerateError) {
        for plan in order.cases where plan.hasRefundCode {
            if plan.answer.failedBefore {
                writer.appendEarlierFailure(plan, order, to: &window.line)
                try window.push(to: file)
            }
            writer.appendLine(plan, order, answer: answer, to: &window.line)
            try window.push(to: file)
        }
    }

    func drain() throws(GenerateError) { try window.drain(to: file) }
}

/// sandbox.jsonl: the answers of the sandbox, one line for each order.
final class SandboxOutput {
    let file: ChunkedFile
    private let market: Market
    private let bodies: BodyWriter
    /// Whether only some orders can be quoted and refunded, so that a sample stays small.
    private let isBrief: Bool

    init(file: ChunkedFile, options: GeneratorOptions, market: Market) {
        self.file = file
        self.market = market
        bodies = BodyWriter(market: market)
        isBrief = options.profile == .sample
    }

    func write(_ order: OrderPlan, answer: [UInt8]) throws(GenerateError) {
        file.buffer.append(literal: "{\"orderNo\":\"")
        file.buffer.append(order.number)
        file.buffer.append(literal: "\",\"airlinePNR\":\"")
        file.buffer.append(pnr: order.pnr)
        file.buffer.append(literal: "\",\"carrier\":\"")
        file.buffer.append(contentsOf: market.carriers[order.carrier])
        let first = order.cases[0]
        if isBrief, first.style != .currentCapture, first.serial % 10 != 0 {
            file.buffer.append(literal: "\",\"refundQuotation\":null,\"refund\":null")
        } else {
            file.buffer.append(literal: "\",\"refundQuotation\":")
            bodies.appendCurrentBody(first, order, isRefund: false, to: &file.buffer)
            file.buffer.append(literal: ",\"refund\":")
            bodies.appendCurrentBody(first, order, isRefund: true, to: &file.buffer)
        }
        file.buffer.append(literal: ",\"refundOrders\":[")
        file.buffer.append(contentsOf: answer)
        file.buffer.append(literal: "]}\n")
        try file.endLine()
    }
}
