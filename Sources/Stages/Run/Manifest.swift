import Files
import Ingest
import JSON
import Memory
import Refunds
import Report
import State

/// The evidence of a report: what came in, what went out, by which rules and parameters, when, where and by whom.
struct Manifest {
    let run: NightlyRun
    let context: ReportContext
    let outputs: [OutputEvidence]
    let origin: RunOrigin
    let ended: Instant
    /// What folders of inputs hold that was not read.
    let passedOver: [InputList.PassedOver]
    /// The hashes of what the report leaves open; nil where no state is kept.
    let handedOn: [String: String]?

    /// The version of the rules by which a report was made: it changes when the same inputs would give another report.
    static let rulesVersion = 2

    /// 1 for the first report of an output folder.
    var sequence: Int { (origin.previous?.sequence ?? 0) + 1 }

    func render() -> [UInt8] {
        var members: [JSONTree.Member] = [
            .init("contract", .int(SummaryRenderer.contract)),
            .init("tool", .string("refund-recon")),
            .init("toolVersion", .string(context.toolVersion)),
            .init("rulesVersion", .int(Self.rulesVersion)),
            .init("asOf", .string(context.asOf.description)),
            .init("startedAt", .string(origin.started.utcText)),
            .init("endedAt", .string(ended.utcText)),
            .init("host", .string(run.environment.host)),
            .init("user", .string(run.environment.user)),
            .init("statusSource", .string(context.statusSource)),
            .init("parameters", parameters),
            .init("inputs", .array(context.inputs.map(input))),
            .init("passedOver", .array(passedOver.map(entry))),
            .init("outputs", .array(outputs.map(output))),
            .init("sequence", .int(sequence)),
            .init("previousManifestSHA256", .text(origin.previous?.sha256)),
            .init("replaces", origin.replaces.map(replaced) ?? .null),
            .init("usualPopulation", .array(origin.usual.reports.map(usual))),
        ]
        if let opening = origin.opening { members.append(.init("openedFrom", .text(opening.asOf?.description))) }
        if let handedOn { members.append(.init("handsOn", HandedOn.tree(handedOn))) }
        if let key = run.parameters.signingKey {
            members.append(.init("signingPublicKey", .string(key.publicKeyBase64)))
        }
        return JSONTree.object(members).encoded(pretty: true) + [0x0A]
    }

    private func replaced(_ link: ManifestChain.Link) -> JSONTree {
        .object([.init("sequence", .int(link.sequence)), .init("manifestSHA256", .string(link.sha256))])
    }

    private func usual(_ report: UsualPopulation.Report) -> JSONTree {
        .object([.init("asOf", .string(report.asOf.description)), .init("cases", .int(report.cases))])
    }

    private var parameters: JSONTree {
        .object(
            [
                .init(
                    "tolerances",
                    .object(
                        context.tolerances.given.map {
                            .init($0.currency.code, .string($0.amount.formatted($0.currency)))
                        })
                ),
                .init(
                    "formats",
                    .array(
                        ReportFormat.allCases.filter { run.parameters.formats.contains($0) }.map {
                            .string($0.rawValue)
                        })),
                .init("workbookRows", .int(run.parameters.mostWorkbookRows)),
                .init("orders", .array(run.parameters.orders.map { .string($0) })),
                .init("webhooks", .array(run.parameters.webhooks.map { .string($0) })),
            ] + night + audits
                + (run.parameters.expectations == Expectations() ? [] : [.init("expectations", expectations)]))
    }

    private var audits: [JSONTree.Member] {
        let audits = run.parameters.audits
        return (audits.rules ? [.init("auditRules", .bool(true))] : [])
            + (audits.feeSchedule.map { [.init("feeSchedule", .string($0))] } ?? [])
    }

    private var night: [JSONTree.Member] {
        let night = run.parameters.night
        if night.isEmpty { return [] }
        return [
            .init("state", .text(night.state)), .init("requeryAfterDays", .int(night.requeryAfterDays)),
            .init("rememberDays", .int(night.rememberDays)),
            .init("dispositions", .array(night.dispositions.map { .string($0) })),
        ]
    }

    private var expectations: JSONTree {
        let expected = run.parameters.expectations
        let amounts = expected.amounts.sorted { $0.key < $1.key }
        let members: [JSONTree.Member?] = [
            expected.orderRecords.map { .init("orders", .int($0)) },
            amounts.isEmpty
                ? nil : .init("amounts", .object(amounts.map { .init($0.code, .string($1.formatted($0))) })),
            expected.minimumCases.map { .init("minimumCases", .int($0)) },
            expected.minimumPercentOfUsual.map { .init("minimumPercentOfUsual", .int($0)) },
        ]
        return .object(members.compactMap { $0 })
    }

    private func input(_ input: InputEvidence) -> JSONTree {
        var members: [JSONTree.Member] = [
            .init("role", .string(input.role)), .init("path", .string(input.path)), .init("name", .string(input.name)),
            .init("sha256", .string(input.sha256)), .init("bytes", .int(input.bytes)),
        ]
        if let figures = input.figures {
            members.append(.init("records", .int(figures.records)))
            if let name = Self.summed[input.role] {
                members.append(.init("sums", .object([.init(name, Self.sums(figures.sums.byCurrency))])))
            }
        }
        return .object(members)
    }

    /// Which amount of an input's records is added up, by role.
    private static let summed = [
        "orders": "originalTotalAmount", "carriedOrders": "originalTotalAmount", "webhooks": "finalRefundAmount",
        "carriedWebhooks": "finalRefundAmount",
    ]

    /// What a folder of inputs holds that was not read.
    private func entry(_ entry: InputList.PassedOver) -> JSONTree {
        .object([
            .init("folder", .string(entry.folder)), .init("name", .string(entry.name)),
            .init("why", .string(entry.why)),
        ])
    }

    private func output(_ output: OutputEvidence) -> JSONTree {
        var members: [JSONTree.Member] = [
            .init("name", .string(output.name)), .init("sha256", .string(output.sha256)),
            .init("bytes", .int(output.bytes)),
        ]
        if let rows = output.rows { members.append(.init("rows", .int(rows))) }
        if !output.sums.isEmpty {
            members.append(.init("sums", .object(output.sums.map { .init($0.name, Self.sums($0.sums)) })))
        }
        return .object(members)
    }

    private static func sums(_ sums: [Currency: Total]) -> JSONTree {
        .object(
            sums.sorted { $0.key < $1.key }.map { currency, total in
                .init(currency.code, .string(total.formatted(currency)))
            })
    }
}
