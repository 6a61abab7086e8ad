import Bytes
import Core
import JSON
import Report

/// The evidence of a report: what came in, what went out, by which rules and parameters, when, where and by whom.
struct Manifest {
    let run: NightlyRun
    let context: ReportContext
    let outputs: [OutputEvidence]
    let started: Instant
    let ended: Instant
    let previous: ManifestChain.Link?

    /// The version of the rules by which a report was made: it changes when the same inputs would give another report.
    static let rulesVersion = 1

    func render() -> [UInt8] {
        JSONTree.object([
            .init("contract", .int(1)),
            .init("tool", .string("refund-recon")),
            .init("toolVersion", .string(context.toolVersion)),
            .init("rulesVersion", .int(Self.rulesVersion)),
            .init("asOf", .string(context.asOf.description)),
            .init("startedAt", .string(started.utcText)),
            .init("endedAt", .string(ended.utcText)),
            .init("host", .string(run.environment.host)),
            .init("user", .string(run.environment.user)),
            .init("statusSource", .string(context.statusSource)),
            .init("parameters", parameters),
            .init("inputs", .array(context.inputs.map(input))),
            .init("outputs", .array(outputs.map(output))),
            .init("sequence", .int((previous?.sequence ?? 0) + 1)),
            .init("previousManifestSHA256", .text(previous?.sha256)),
        ]).encoded(pretty: true) + [0x0A]
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
            ] + night)
    }

    private var night: [JSONTree.Member] {
        let night = run.parameters.night
        if night.isEmpty { return [] }
        return [
            .init("state", .text(night.state)), .init("requeryAfterDays", .int(night.requeryAfterDays)),
            .init("dispositions", .array(night.dispositions.map { .string($0) })),
        ]
    }

    private func input(_ input: InputEvidence) -> JSONTree {
        .object([
            .init("role", .string(input.role)), .init("path", .string(input.path)), .init("name", .string(input.name)),
            .init("sha256", .string(input.sha256)), .init("bytes", .int(input.bytes)),
        ])
    }

    private func output(_ output: OutputEvidence) -> JSONTree {
        .object([
            .init("name", .string(output.name)), .init("sha256", .string(output.sha256)),
            .init("bytes", .int(output.bytes)),
        ])
    }
}

/// The chain of manifests in an output folder: each names the hash of the one published before it.
enum ManifestChain {
    /// One published manifest.
    struct Link: Equatable {
        let folder: String
        let asOf: String
        let sequence: Int
        let sha256: String
        let previousSHA256: String?
    }

    /// The manifest that was published last.
    static func last(in output: String) -> Link? { links(in: output).max { $0.sequence < $1.sequence } }

    /// Every manifest in the folder that can be read.
    static func links(in output: String) -> [Link] {
        folderNames(output).filter { !$0.hasPrefix(".") }.compactMap { link(output, $0) }
    }

    /// The manifest of one folder in the output folder; nil if there is none that can be read.
    static func link(_ output: String, _ folder: String) -> Link? {
        guard let bytes = try? InputBytes(path: "\(output)/\(folder)/manifest.json") else { return nil }
        let document = JSONDocument()
        guard document.parse(bytes.text) == nil, let sequence = document.root["sequence"]?.int,
            let asOf = document.root["asOf"]?.string
        else { return nil }
        return Link(
            folder: folder, asOf: asOf, sequence: sequence, sha256: sha256(bytes.original),
            previousSHA256: document.root["previousManifestSHA256"]?.string)
    }
}
