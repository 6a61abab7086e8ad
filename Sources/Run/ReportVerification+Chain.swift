extension ReportVerification {
    /// Each manifest of the output folder names the hash of the one published before it, and all are those that `CHAIN`
    /// lists.
    mutating func checkChain(noted: [String]) {
        let output = "\(folder)/.."
        let links = ManifestChain.links(in: output).sorted { $0.sequence < $1.sequence }
        var numbers: [String: Int] = [:]
        var previous: ManifestChain.Link?
        for link in links {
            let expected = (previous?.sequence ?? 0) + 1
            if link.sequence != expected {
                findings.append(
                    "chain: \(link.folder) is report \(link.sequence) where \(expected) is due: a report is missing, added or replaced"
                )
            } else if link.previousSHA256 != previous?.sha256 {
                findings.append(
                    "chain: \(link.folder) does not follow \(previous?.folder ?? "nothing"): a manifest was changed or replaced"
                )
            }
            checkName(link, &numbers)
            previous = link
        }
        for hash in noted where !links.contains(where: { $0.sha256 == hash }) {
            findings.append("chain: no report has the noted manifest \(hash): it is missing, or was replaced")
        }
        let isListed = checkChainFile(output, links)
        checked.append("\(links.count) manifests in their chain\(isListed ? ", as CHAIN lists them" : "")")
    }

    /// The reports of a day are named `<as-of>.1`, `<as-of>.2` … in the order in which they were published, the last `<as-of>`.
    private mutating func checkName(_ link: ManifestChain.Link, _ numbers: inout [String: Int]) {
        // The next run gives it the next number.
        if OutputFolder.asOf(ofUnsettled: link.folder, in: "\(folder)/..") == link.asOf { return }
        let suffix = link.folder.hasPrefix(link.asOf) ? link.folder.dropFirst(link.asOf.count) : "-"
        guard let number = suffix.isEmpty ? Int.max : suffix.first == "." ? Int(suffix.dropFirst()) : nil else {
            findings.append("chain: \(link.folder) holds the report of \(link.asOf): it was renamed")
            return
        }
        if number <= numbers[link.asOf] ?? 0 {
            findings.append("chain: \(link.folder) is out of order among the reports of \(link.asOf)")
        }
        numbers[link.asOf] = number
    }

    /// Whether there is a `CHAIN`. A report that was taken out of its folder, alone, has none.
    private mutating func checkChainFile(_ output: String, _ links: [ManifestChain.Link]) -> Bool {
        guard let chain = ChainFile(output) else {
            if links.count > 1 { findings.append("chain: CHAIN is missing, which lists the reports") }
            return false
        }
        for number in chain.badLines { findings.append("CHAIN: line \(number) is none") }
        if chain.isCutOff { findings.append("CHAIN: the last line is cut off") }
        var sequence = 0
        for line in chain.lines {
            sequence += 1
            if line.sequence != sequence { findings.append("CHAIN: report \(line.sequence) where \(sequence) is due") }
            sequence = line.sequence
            guard let link = links.first(where: { $0.sequence == line.sequence }) else {
                findings.append("chain: report \(line.sequence) of \(line.asOf), which CHAIN lists, is missing")
                continue
            }
            if ChainFile.Line(link) != line {
                findings.append("chain: \(link.folder) is not the report \(line.sequence) that CHAIN lists")
            }
        }
        for link in links where !chain.lines.contains(where: { $0.sequence == link.sequence }) {
            findings.append(
                "chain: \(link.folder) is not listed in CHAIN: it was added, or its run ended before it was")
        }
        return true
    }
}
