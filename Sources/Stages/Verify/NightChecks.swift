/// Checks the link to the night before: opening + new − cleared = closing, and the breaks.
struct NightChecks: ReportCheck {
    let report: ReportFiles
    let summary: StatedJSON
    let chain: Chain

    func check(figures: Figures?, rows: RowBreaks) {
        if let rollForward = summary["rollForward"] {
            findings.check("opening + new − cleared = closing, and closing is what the rows leave open") {
                for kind in ["cases", "orphanWebhooks"] {
                    checkBalance(of: kind, in: rollForward[kind])
                    if let figures { checkClosing(of: kind, in: rollForward[kind], open: figures.open[kind] ?? [:]) }
                }
            }
            checkClosedItems(of: rollForward, rows: rows)
            checkOpening(of: rollForward)
        } else if summary["openedFrom"] != nil || summary["carriedForward"] != nil {
            findings.check("the roll-forward is there") {
                findings.differs("summary.json: rollForward is missing, and the report was made with a state")
            }
        }
        BreakChecks(report: report, summary: summary).check(rows, hasRows: figures != nil)
    }

    // MARK: Roll-forward

    /// Count, amount in minor units, and how many have no amount.
    private typealias Part = (count: Int, amount: Int128, withoutAmount: Int)

    private func part(_ title: String, in tree: StatedJSON?) -> Part? {
        guard let count = tree?["count"]?.count, let without = tree?["withoutAmount"]?.count,
            let amount = tree?["amount"]?.string.flatMap({ Money($0) }),
            amount.minorUnits.magnitude <= Money.rowLimit.magnitude << 20
        else {
            findings.differs("summary.json: \(title) has no count, amount and withoutAmount")
            return nil
        }
        return (count, amount.minorUnits, without)
    }

    private func checkBalance(of kind: String, in currencies: StatedJSON?) {
        for currency in currencies?.members ?? [] {
            let title = "rollForward.\(kind).\(currency.key)"
            guard let opening = part("\(title).opening", in: currency.value["opening"]),
                let new = part("\(title).new", in: currency.value["new"]),
                let cleared = part("\(title).cleared", in: currency.value["cleared"]),
                let closing = part("\(title).closing", in: currency.value["closing"])
            else { continue }
            if opening.count + new.count - cleared.count != closing.count
                || opening.withoutAmount + new.withoutAmount - cleared.withoutAmount != closing.withoutAmount
                || opening.amount + new.amount - cleared.amount != closing.amount
            {
                findings.differs("summary.json: \(title): opening + new − cleared is not closing")
            }
        }
    }

    private func checkClosing(of kind: String, in currencies: StatedJSON?, open: [String: Figures.OpenSum]) {
        for currency in Set((currencies?.members ?? []).map(\.key)).union(open.keys).sorted() {
            let title = "rollForward.\(kind).\(currency)"
            let found = open[currency] ?? Figures.OpenSum()
            guard let stated = currencies?[currency] else {
                findings.differs("summary.json: \(title) is absent, and \(found.count) rows are open")
                continue
            }
            guard let closing = part("\(title).closing", in: stated["closing"]) else { continue }
            if closing != (found.count, found.amount.minorUnits, found.withoutAmount) {
                findings.differs("summary.json: \(title).closing is not what the rows leave open")
            }
        }
    }

    /// Of the items that are cleared, those that a person has closed have rows that say so.
    private func checkClosedItems(of rollForward: StatedJSON, rows: RowBreaks) {
        guard let closed = rollForward["closedByDecision"] else { return }
        findings.check("closed by decision: rows that say so") {
            let most = rows.byID.values.count { $0.standing == "closed" }
            if closed.count.map({ $0 > most }) ?? true {
                findings.differs(
                    "summary.json: rollForward.closedByDecision is \(closed.scalar ?? "absent"), \(most) rows are closed"
                )
            }
        }
    }

    /// This night opens with exactly what the night before closed with.
    private func checkOpening(of rollForward: StatedJSON) {
        findings.check("openedFrom of manifest.json and summary.json are the same") {
            if report.manifest?["openedFrom"] != summary["openedFrom"] {
                findings.differs("summary.json: openedFrom is not the one in manifest.json")
            }
        }
        guard let day = summary["openedFrom"]?.string else {
            return findings.check("the first night opens with nothing") {
                for kind in ["cases", "orphanWebhooks"] {
                    for currency in rollForward[kind]?.members ?? [] {
                        let opening = part("rollForward.\(kind).\(currency.key).opening", in: currency.value["opening"])
                        if let opening, opening != (0, 0, 0) {
                            findings.differs(
                                "summary.json: rollForward.\(kind).\(currency.key).opening is not 0, and openedFrom is null"
                            )
                        }
                    }
                }
            }
        }
        guard let link = chain.last(of: day), let before = chain.summary(of: link), let closed = before["rollForward"]
        else {
            return findings.notProved(
                "what was open at the beginning: the report of \(day), from which this one was opened, is not here")
        }
        // A store of the former version handed on whole files.
        if chain.manifest(of: link)?["handsOn"]?["carried-orders.jsonl"] != nil {
            findings.notProved(
                "that what was carried is what \(link.folder) handed on: its store was of the former version, and was taken over"
            )
        } else {
            checkHandedOn(by: link)
            checkDigest(of: link, before: before)
        }
        checkOpening(of: rollForward, against: closed, link: link, before: before)
    }

    private func checkDigest(of link: Chain.Link, before: StatedJSON) {
        findings.check("all that was remembered is what \(link.folder) handed on, by its digest") {
            let (opening, closing) = (summary["openingDigest"]?.string, before["closingDigest"]?.string)
            if opening == nil || opening != closing {
                findings.differs("summary.json: openingDigest is not the closingDigest of \(link.folder)")
            }
        }
    }

    private func checkOpening(
        of rollForward: StatedJSON, against closed: StatedJSON, link: Chain.Link, before: StatedJSON
    ) {
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

    /// The carried files of this night are, byte for byte, those that the night before handed on.
    private func checkHandedOn(by link: Chain.Link) {
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
}
