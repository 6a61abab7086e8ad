import JSON
import Memory
import Night
import Refunds
import Report

/// The parameters of a run, from its manifest.
extension RunParameters {
    /// As the manifest states them; `init(stated:asOf:)` reads them back.
    var stated: JSONTree {
        .object(
            [
                .init(
                    "tolerances",
                    .object(
                        tolerances.given.map {
                            .init($0.currency.code, .string($0.amount.formatted($0.currency)))
                        })
                ),
                .init(
                    "formats",
                    .array(
                        ReportFormat.allCases.filter { formats.contains($0) }.map {
                            .string($0.rawValue)
                        })),
                .init("workbookRows", .int(mostWorkbookRows)),
                .init("orders", .array(orders.map { .string($0) })),
                .init("webhooks", .array(webhooks.map { .string($0) })),
            ] + statedNight + statedAudits
                + (expectations == Expectations() ? [] : [.init("expectations", expectations.stated)]))
    }

    private var statedAudits: [JSONTree.Member] {
        (audits.rules ? [.init("auditRules", .bool(true))] : [])
            + (audits.feeSchedule.map { [.init("feeSchedule", .string($0))] } ?? [])
    }

    private var statedNight: [JSONTree.Member] {
        if night.isEmpty { return [] }
        return [
            .init("state", .text(night.state)), .init("requeryAfterDays", .int(night.requeryAfterDays)),
            .init("rememberDays", .int(night.rememberDays)),
            .init("dispositions", .array(night.dispositions.map { .string($0) })),
        ]
    }
}

extension Expectations {
    fileprivate var stated: JSONTree {
        let amounts = amounts.sorted { $0.key < $1.key }
        let members: [JSONTree.Member?] = [
            orderRecords.map { .init("orders", .int($0)) },
            amounts.isEmpty
                ? nil : .init("amounts", .object(amounts.map { .init($0.code, .string($1.formatted($0))) })),
            minimumCases.map { .init("minimumCases", .int($0)) },
            minimumPercentOfUsual.map { .init("minimumPercentOfUsual", .int($0)) },
        ]
        return .object(members.compactMap { $0 })
    }
}

extension StatedMember {
    /// The parameters of a run as `Manifest` states them.
    func parameters(_ asOf: CalendarDate) throws(RunError) -> RunParameters {
        var parameters = RunParameters(asOf: asOf)
        parameters.tolerances = Tolerances(try amounts("tolerances"))
        parameters.formats = Set(
            value["formats"]?.elements.compactMap { ReportFormat(rawValue: $0.string ?? "") } ?? [])
        parameters.mostWorkbookRows = try count("workbookRows")
        parameters.audits.rules = value["auditRules"]?.bool ?? false
        if value["requeryAfterDays"] != nil {
            parameters.night.requeryAfterDays = try count("requeryAfterDays", in: 0...3650)
        }
        if value["rememberDays"] != nil {
            parameters.night.rememberDays = try count("rememberDays", in: NightParameters.rememberDays)
        }
        parameters.night.state = value["state"]?.string
        if value["expectations"] != nil {
            let stated = try object("expectations")
            parameters.expectations.orderRecords = stated.value["orders"]?.int
            parameters.expectations.amounts = try stated.amounts("amounts")
            parameters.expectations.minimumCases = stated.value["minimumCases"]?.int
            if stated.value["minimumPercentOfUsual"] != nil {
                parameters.expectations.minimumPercentOfUsual = try stated.count("minimumPercentOfUsual", in: 1...100)
            }
        }
        return parameters
    }
}
