import Files
import JSON
import Memory
import Refunds

/// The evidence of a report: inputs, outputs, rules and parameters; when, where and by whom it was made.
package struct Manifest {
    /// The version of the contract that the files follow.
    package let contract: Int
    package let toolVersion: String
    package let asOf: CalendarDate
    package let trail: RunTrail
    package let ended: Instant
    package let statusSource: String
    /// The parameters of the run.
    package let parameters: JSONTree
    package let inputs: [InputEvidence]
    package let passedOver: [PassedOver]
    package let outputs: [OutputEvidence]
    package let usual: UsualPopulation
    /// The links to the nights before and to come; nil if no state is kept.
    package let nights: Nights?
    package let signingKey: SigningKey?

    /// How a report with a state store is tied to the nights around it.
    package struct Nights {
        /// The night that it was opened from; nil on the first.
        package let openedFrom: CalendarDate?
        /// The hashes of the files with open items, by name.
        package let handedOn: [String: String]

        package init(openedFrom: CalendarDate?, handedOn: [String: String]) {
            self.openedFrom = openedFrom
            self.handedOn = handedOn
        }
    }

    /// The version of the rules by which a report was made: it changes when the same inputs would give another report.
    package static let rulesVersion = 2
    package static let name = "manifest.json"

    package init(
        contract: Int, toolVersion: String, asOf: CalendarDate, trail: RunTrail, ended: Instant, statusSource: String,
        parameters: JSONTree, inputs: [InputEvidence], passedOver: [PassedOver], outputs: [OutputEvidence],
        usual: UsualPopulation, nights: Nights?, signingKey: SigningKey?
    ) {
        self.contract = contract
        self.toolVersion = toolVersion
        self.asOf = asOf
        self.trail = trail
        self.ended = ended
        self.statusSource = statusSource
        self.parameters = parameters
        self.inputs = inputs
        self.passedOver = passedOver
        self.outputs = outputs
        self.usual = usual
        self.nights = nights
        self.signingKey = signingKey
    }

    /// Writes the last files of a report: the manifest, its signature, and the hashes of all files.
    package func write(into folder: String) throws(PublishError) -> ReportLink {
        let content = render()
        let signature = try signingKey.map { (key) throws(PublishError) in try key.signature(of: content) }
        do throws(WriteError) {
            let manifest = try OutputFile.write(content, folder: folder, name: Self.name)
            var files = outputs.map { SHA256Sums.Line(sha256: $0.sha256, name: $0.name) }
            files.append(SHA256Sums.Line(manifest))
            if let signature {
                files.append(
                    SHA256Sums.Line(
                        try OutputFile.write(signature, folder: folder, name: SigningKey.signatureName)))
            }
            _ = try OutputFile.write(SHA256Sums.render(files), folder: folder, name: SHA256Sums.name)
            return ReportLink(sequence: trail.sequence, manifestSHA256: manifest.sha256)
        } catch { throw .cannotWrite(error) }
    }

    package func render() -> [UInt8] {
        var members: [JSONTree.Member] = [
            .init("contract", .int(contract)),
            .init("tool", .string("refund-recon")),
            .init("toolVersion", .string(toolVersion)),
            .init("rulesVersion", .int(Self.rulesVersion)),
            .init("asOf", .string(asOf.description)),
            .init("startedAt", .string(trail.startedAt.utcText)),
            .init("endedAt", .string(ended.utcText)),
            .init("host", .string(trail.host)),
            .init("user", .string(trail.user)),
            .init("statusSource", .string(statusSource)),
            .init("parameters", parameters),
            .init("inputs", .array(inputs.map(input))),
            .init("passedOver", .array(passedOver.map(entry))),
            .init("outputs", .array(outputs.map(output))),
            .init("sequence", .int(trail.sequence)),
            .init("previousManifestSHA256", .text(trail.previous?.manifestSHA256)),
            .init("replaces", trail.replaces.map(replaced) ?? .null),
            .init("usualPopulation", .array(usual.reports.map(population))),
        ]
        if let nights {
            members.append(.init("openedFrom", .text(nights.openedFrom?.description)))
            members.append(.init("handsOn", Self.tree(nights.handedOn)))
        }
        if let signingKey { members.append(.init("signingPublicKey", .string(signingKey.publicKeyBase64))) }
        return JSONTree.object(members).encoded(pretty: true) + [0x0A]
    }

    private func replaced(_ report: ReportLink) -> JSONTree {
        .object([
            .init("sequence", .int(report.sequence)), .init("manifestSHA256", .string(report.manifestSHA256)),
        ])
    }

    private func population(_ report: UsualPopulation.Report) -> JSONTree {
        .object([.init("asOf", .string(report.asOf.description)), .init("cases", .int(report.cases))])
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

    private func entry(_ entry: PassedOver) -> JSONTree {
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

    // MARK: Handed on

    private static func tree(_ handedOn: [String: String]) -> JSONTree {
        .object(handedOn.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }

    /// The hashes of the files that a report hands on, as its manifest has them; nil if it has none.
    package static func handedOn(_ manifest: JSONTree) -> [String: String]? {
        guard let member = manifest["handsOn"], member.isObject else { return nil }
        return Dictionary(
            member.members.compactMap { member in member.value.string.map { (member.key, $0) } }
        ) { first, _ in first }
    }
}
