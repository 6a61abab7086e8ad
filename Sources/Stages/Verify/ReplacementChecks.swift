import Files

/// Which report this one replaced, by its manifest, and which one replaced it, by its file SUPERSEDED.
struct ReplacementChecks: ReportCheck {
    let report: ReportFiles
    let chain: Chain

    func check() {
        checkSuperseded()
        guard let replaces = report.manifest?["replaces"], replaces != .null else { return }
        findings.check("the report that this one replaced is in the chain") {
            checkLink(to: replaces, title: "manifest.json: replaces") { number, own in number < own }
        }
    }

    private func checkSuperseded() {
        guard report.has(ReportFiles.supersededName) else { return checkNothingReplacedIt() }
        let name = ReportFiles.supersededName
        guard let bytes = try? report.folder.file(name).rest(limit: 1 << 16), let tree = JSONReading.tree(bytes),
            let by = tree["supersededBy"], let number = by["sequence"]?.count
        else {
            return findings.check("SUPERSEDED") {
                findings.differs("\(name): it does not say by which report this one was replaced")
            }
        }
        let who = tree["by"].map { "\($0["user"]?.string ?? "?") on \($0["host"]?.string ?? "?")" } ?? "?"
        findings.note(
            "this report was replaced by report \(number), made at \(tree["at"]?.string ?? "?") by \(who) (no hash covers SUPERSEDED)"
        )
        findings.check("the report that replaced this one is in the chain") {
            checkLink(to: by, title: name) { number, own in number > own }
        }
    }

    /// A report without the file is the last of its day.
    private func checkNothingReplacedIt() {
        guard let own = report.sequence, chain.output != nil else { return }
        let later = chain.links.first { $0.asOf == report.asOfText && $0.sequence > own }
        guard let later else { return }
        findings.check("no report has replaced this one") {
            findings.differs(
                "\(ReportFiles.supersededName): it is missing, though report \(later.sequence) in \(later.folder) replaced this one"
            )
        }
    }

    /// The report that a file names is one of the same day, with that hash.
    private func checkLink(to named: StatedJSON, title: String, isInOrder: (Int, Int) -> Bool) {
        guard let number = named["sequence"]?.count, let hash = named["manifestSHA256"]?.string,
            let own = report.sequence
        else { return findings.differs("\(title): it has no sequence and manifestSHA256") }
        if !isInOrder(number, own) {
            findings.differs("\(title): report \(number) cannot be it, this is report \(own)")
        }
        guard chain.output != nil else { return }
        guard let link = chain.links.first(where: { $0.sequence == number }) else {
            return findings.differs("\(title): report \(number) is not in the output folder")
        }
        if link.sha256 != hash || link.asOf != report.asOfText {
            findings.differs("\(title): \(link.folder) is not the report \(number) that it names")
        }
    }
}
