/// What ties the report to the night before: opening + new − cleared = closing, and the breaks.
struct NightChecks {
    private let report: ReportFiles
    private let summary: StatedJSON
    private let chain: Chain
    private var findings: Findings { report.findings }

    init(_ report: ReportFiles, _ summary: StatedJSON, _ chain: Chain) {
        self.report = report
        self.summary = summary
        self.chain = chain
    }

    func check(_ figures: Figures?, _ rows: [String: RowChecks.Break]) {
        if let rollForward = summary["rollForward"] {
            findings.check("opening + new − cleared = closing, and closing is what the rows leave open") {
                for kind in ["cases", "orphanWebhooks"] {
                    checkBalance(kind, rollForward[kind])
                    if let figures { checkClosing(kind, rollForward[kind], figures.open[kind] ?? [:]) }
                }
            }
            checkOpening(rollForward)
        } else if summary["openedFrom"] != nil || summary["carriedForward"] != nil {
            findings.check("the roll-forward is there") {
                findings.differs("summary.json: rollForward is missing, and the report was made with a state")
            }
        }
        checkBreaks(figures, rows)
    }

    // MARK: Roll-forward

    /// Count, amount in minor units, and how many have no amount.
    private typealias Part = (count: Int, amount: Int128, withoutAmount: Int)

    private func part(_ title: String, _ tree: StatedJSON?) -> Part? {
        guard let count = tree?["count"]?.count, let without = tree?["withoutAmount"]?.count,
            let amount = tree?["amount"]?.string.flatMap({ Money($0) }),
            amount.minorUnits.magnitude <= Money.rowLimit.magnitude << 20
        else {
            findings.differs("summary.json: \(title) has no count, amount and withoutAmount")
            return nil
        }
        return (count, amount.minorUnits, without)
    }

    private func checkBalance(_ kind: String, _ currencies: StatedJSON?) {
        for currency in currencies?.members ?? [] {
            let title = "rollForward.\(kind).\(currency.key)"
            guard let opening = part("\(title).opening", currency.value["opening"]),
                let new = part("\(title).new", currency.value["new"]),
                let cleared = part("\(title).cleared", currency.value["cleared"]),
                let closing = part("\(title).closing", currency.value["closing"])
            else { continue }
            if opening.count + new.count - cleared.count != closing.count
                || opening.withoutAmount + new.withoutAmount - cleared.withoutAmount != closing.withoutAmount
                || opening.amount + new.amount - cleared.amount != closing.amount
            {
                findings.differs("summary.json: \(title): opening + new − cleared is not closing")
            }
        }
    }

    private func checkClosing(_ kind: String, _ currencies: StatedJSON?, _ open: [String: Figures.OpenSum]) {
        for currency in Set((currencies?.members ?? []).map(\.key)).union(open.keys).sorted() {
            let title = "rollForward.\(kind).\(currency)"
            let found = open[currency] ?? Figures.OpenSum()
            guard let stated = currencies?[currency] else {
                findings.differs("summary.json: \(title) is absent, and \(found.count) rows are open")
                continue
            }
            guard let closing = part("\(title).closing", stated["closing"]) else { continue }
            if closing != (found.count, found.amount.minorUnits, found.withoutAmount) {
                findings.differs("summary.json: \(title).closing is not what the rows leave open")
            }
        }
    }

    /// What opens this night is what closed the one that it was opened from.
    private func checkOpening(_ rollForward: StatedJSON) {
        findings.check("openedFrom of manifest.json and summary.json are the same") {
            if report.manifest?["openedFrom"] != summary["openedFrom"] {
                findings.differs("summary.json: openedFrom is not the one in manifest.json")
            }
        }
        guard let day = summary["openedFrom"]?.string else {
            return findings.check("the first night opens with nothing") {
                for kind in ["cases", "orphanWebhooks"] {
                    for currency in rollForward[kind]?.members ?? [] {
                        let opening = part("rollForward.\(kind).\(currency.key).opening", currency.value["opening"])
                        if let opening, opening != (0, 0, 0) {
                            findings.differs(
                                "summary.json: rollForward.\(kind).\(currency.key).opening is not 0, and openedFrom is null"
                            )
                        }
                    }
                }
            }
        }
        if let link = chain.last(of: day) { checkHandedOn(link) }
        guard let link = chain.last(of: day), let before = chain.summary(of: link), let closed = before["rollForward"]
        else {
            return findings.notProved(
                "what was open at the beginning: the report of \(day), from which this one was opened, is not here")
        }
        findings.check("all that was remembered is what \(link.folder) handed on, by its digest") {
            let (opening, closing) = (summary["openingDigest"]?.string, before["closingDigest"]?.string)
            if opening == nil || opening != closing {
                findings.differs("summary.json: openingDigest is not the closingDigest of \(link.folder)")
            }
        }
        findings.check("opening is the closing of \(link.folder)") {
            for kind in ["cases", "orphanWebhooks"] {
                let (mine, theirs) = (rollForward[kind], closed[kind])
                for currency in Set((mine?.members ?? []).map(\.key) + (theirs?.members ?? []).map(\.key)).sorted() {
                    let opening = Self.values(mine?[currency]?["opening"])
                    let closing = Self.values(theirs?[currency]?["closing"])
                    if opening != closing {
                        findings.differs(
                            "summary.json: rollForward.\(kind).\(currency).opening is \(opening), \(link.folder) closed with \(closing)"
                        )
                    }
                }
            }
            if let opening = summary["breaks"]?["opening"]?.count, let closing = before["breaks"]?["closing"]?.count,
                opening != closing
            {
                findings.differs("summary.json: breaks.opening is \(opening), \(link.folder) closed with \(closing)")
            }
        }
    }

    /// The three figures as they are written; none and zeros are the same.
    private static func values(_ tree: StatedJSON?) -> String {
        guard let count = tree?["count"]?.count, let amount = tree?["amount"]?.string,
            let without = tree?["withoutAmount"]?.count
        else { return "nothing" }
        return count == 0 && Money(amount)?.minorUnits == 0
            ? "nothing" : "\(count) of \(amount), \(without) without an amount"
    }

    /// What this night was opened with is, byte for byte, what the one before handed on.
    private func checkHandedOn(_ link: Chain.Link) {
        guard let handsOn = chain.manifest(of: link)?["handsOn"] else { return }
        findings.check("what was open is what \(link.folder) handed on, byte for byte") {
            let outputs = (report.manifest?["outputs"]?.elements ?? []).compactMap { output in
                output["name"]?.string.map { ($0, output["sha256"]) }
            }
            let hashes = Dictionary(outputs) { first, _ in first }
            for member in handsOn.members {
                if hashes[member.key] ?? nil != member.value {
                    findings.differs("\(member.key): it is not what \(link.folder) handed on")
                }
            }
        }
    }

    // MARK: Breaks

    private func checkBreaks(_ figures: Figures?, _ rows: [String: RowChecks.Break]) {
        guard let breaks = summary["breaks"] else {
            if report.has("breaks.csv") || !rows.isEmpty {
                findings.check("breaks") {
                    findings.differs("summary.json: breaks is missing, and the report has breaks")
                }
            }
            return
        }
        findings.check("breaks.csv, the breaks of the rows and those of summary.json are the same") {
            var standings: [String: Int] = [:]
            var unseen = Set(rows.keys)
            report.read("breaks.csv") { file throws(FileFault) in
                let table = try CSVStream(file)
                let places = Dictionary(table.header.enumerated().map { ($1, $0) }) { first, _ in first }
                let names = ["breakId", "breakStanding", "outcome", "exceptions", "breakAmounts"]
                guard names.allSatisfy({ places[$0] != nil }) else {
                    return findings.differs("breaks.csv: its columns are not those of a report")
                }
                while case let step = try table.next(), step != .end {
                    guard step == .record else {
                        findings.differs("breaks.csv:\(table.line): it is not a row of \(table.header.count) fields")
                        continue
                    }
                    let cells = names.map { name in places[name].map { table.text($0) } ?? "" }
                    standings[cells[1], default: 0] += 1
                    unseen.remove(cells[0])
                    let found = RowChecks.Break(
                        standing: cells[1], outcome: cells[2], exceptions: cells[3], amounts: cells[4])
                    if let words = fault(found, rows[cells[0]], hasRows: figures != nil) {
                        findings.differs("breaks.csv:\(table.line): \(words)")
                    }
                }
            }
            for id in unseen.sorted() { findings.differs("breaks.csv: it lacks the break \(id) of reconciliation.csv") }
            checkStandings(standings, breaks)
        }
    }

    /// Why a line of breaks.csv does not fit its row.
    private func fault(_ found: RowChecks.Break, _ row: RowChecks.Break?, hasRows: Bool) -> String? {
        switch found.standing {
        case "unknown": return nil
        case "notExamined": return row == nil ? nil : "it is notExamined, and reconciliation.csv has its row"
        case "resolved":
            return row == nil || row?.standing == "resolved"
                ? nil : "it is resolved, and its row says \(row?.standing ?? "")"
        default:
            if !hasRows { return nil }
            guard let row else { return "reconciliation.csv has no row of this break" }
            return row == found ? nil : "its standing, outcome, exceptions or amounts are not those of its row"
        }
    }

    private func checkStandings(_ standings: [String: Int], _ breaks: StatedJSON) {
        for member in breaks.members where !["opening", "closing", "unknownDispositions"].contains(member.key) {
            if member.value.count != standings[member.key] ?? 0 {
                findings.differs(
                    "summary.json: breaks.\(member.key) is \(member.value.scalar ?? "absent"), breaks.csv has \(standings[member.key] ?? 0)"
                )
            }
        }
        let ended = (standings["resolved"] ?? 0) + (standings["unknown"] ?? 0)
        let open = standings.values.reduce(0, +) - ended
        if breaks["closing"]?.count != open {
            findings.differs(
                "summary.json: breaks.closing is \(breaks["closing"]?.scalar ?? "absent"), breaks.csv has \(open)")
        }
        if breaks["unknownDispositions"]?.count != standings["unknown"] ?? 0 {
            findings.differs("summary.json: breaks.unknownDispositions is not what breaks.csv has")
        }
    }
}
