import Memory
import Refunds

/// One run of the generator: plans order after order and writes each into the files that are wanted.
final class Generation {
    private let options: GeneratorOptions
    private let planner: Planner
    private let orders: OrdersOutput?
    private let webhooks: WebhooksOutput?
    private let journal: JournalOutput?
    private let sandbox: SandboxOutput?
    private let bodies: BodyWriter
    /// The order's entries as a query gives them, made once for journal and sandbox.
    private var answer: [UInt8] = []

    init(folder: String, options: GeneratorOptions) throws(GenerateError) {
        self.options = options
        let market = Market()
        planner = Planner(options: options, market: market)
        bodies = BodyWriter(market: market)
        func file(_ kind: GeneratedFile) throws(GenerateError) -> ChunkedFile? {
            guard options.files.contains(kind), kind != .orderLines || options.profile == .sample else { return nil }
            return try ChunkedFile(path: folder + "/" + kind.rawValue)
        }
        orders = OrdersOutput(rows: try file(.orders), lines: try file(.orderLines), market: market)
        webhooks = try file(.webhooks).map { WebhooksOutput(file: $0, options: options, market: market) }
        journal = try file(.statusJournal).map { JournalOutput(file: $0, options: options, market: market) }
        sandbox = try file(.sandbox).map { SandboxOutput(file: $0, options: options, market: market) }
    }

    func run() throws(GenerateError) {
        try orders?.writeHeader()
        var serial = 0
        var index = 0
        while serial < options.cases {
            let plan = planner.order(index, firstSerial: serial, limit: options.cases - serial)
            try write(plan)
            serial += plan.cases.count
            index += 1
            if options.profile == .sample, index % 5 == 0 { try writeReject(index / 5 - 1) }
        }
        try webhooks?.drain()
        try journal?.drain()
    }

    private func write(_ plan: OrderPlan) throws(GenerateError) {
        try orders?.write(plan)
        try webhooks?.write(plan)
        if journal == nil, sandbox == nil { return }
        answer.removeAll(keepingCapacity: true)
        for entry in plan.cases + (plan.unrecorded.map { [$0] } ?? []) where entry.answer.isFound {
            if !answer.isEmpty { answer.append(UInt8(ascii: ",")) }
            bodies.appendEntry(entry, plan, to: &answer)
        }
        try journal?.write(plan, answer: answer)
        try sandbox?.write(plan, answer: answer)
    }

    private func writeReject(_ place: Int) throws(GenerateError) {
        try orders?.writeReject(place)
        try webhooks?.writeReject(place)
    }

    /// Closes every file; returns the files written.
    func close() throws(GenerateError) -> [GeneratedCount] {
        let files: [(GeneratedFile, ChunkedFile?)] = [
            (.orders, orders?.rows), (.orderLines, orders?.lines), (.webhooks, webhooks?.file),
            (.statusJournal, journal?.file), (.sandbox, sandbox?.file),
        ]
        var counts: [GeneratedCount] = []
        for (kind, file) in files {
            guard let file else { continue }
            counts.append(GeneratedCount(file: kind, lines: file.lines, bytes: try file.close()))
        }
        return counts
    }
}

extension ChunkedFile {
    /// Writes a constant line.
    func writeLine(_ line: StaticString) throws(GenerateError) {
        buffer.append(literal: line)
        buffer.append(UInt8(ascii: "\n"))
        try endLine()
    }
}
