import Bytes
import Core
import JSON

/// Checks a published report without trusting what made it: every hash, the control totals, the counts, totals and bridge
/// recomputed from `reconciliation.csv`, and the chain of manifests.
public struct ReportVerification {
    /// What was found to be wrong, each in one line; empty for a report that nobody touched.
    public private(set) var findings: [String] = []
    /// What was checked, each in one line.
    public private(set) var checked: [String] = []

    private let folder: String

    /// Reads and checks the report in a folder. Throws only if there is no report to be checked.
    public init(folder: String) throws(RunFailure) {
        self.folder = folder
        let manifest = try read("manifest.json")
        let sums = try read("SHA256SUMS")
        checkSums(sums)
        checkManifest(manifest)
        checkChain()
        try checkTotals()
    }

    private func read(_ name: String) throws(RunFailure) -> InputBytes {
        do throws(InputError) { return try InputBytes(path: "\(folder)/\(name)") } catch { throw RunFailure(error) }
    }

    /// The file's bytes; nil, and a finding, if it is not there.
    private mutating func content(_ name: String) -> InputBytes? {
        do throws(RunFailure) { return try read(name) } catch {
            findings.append("\(name): \(error.message)")
            return nil
        }
    }

    // MARK: Hashes

    /// Every file of the folder stands in SHA256SUMS with its hash, and nothing else does.
    private mutating func checkSums(_ sums: InputBytes) {
        var listed: Set<String> = []
        let text = String(decoding: sums.original, as: UTF8.self)
        if !text.hasSuffix("\n") { findings.append("SHA256SUMS: the last line is cut off") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let bytes = Array(line.utf8)
            guard bytes.count > 66, bytes[64] == 0x20, bytes[65] == 0x20 else {
                findings.append("SHA256SUMS: a line that is no hash and name: \(line)")
                continue
            }
            let name = String(decoding: bytes[66...], as: UTF8.self)
            guard !name.contains("/"), listed.insert(name).inserted else {
                findings.append("SHA256SUMS: \(name) is listed twice or lies elsewhere")
                continue
            }
            guard let file = content(name) else { continue }
            if sha256(file.original) != String(decoding: bytes[..<64], as: UTF8.self) {
                findings.append("\(name): its hash is not the one in SHA256SUMS")
            }
        }
        for name in folderNames(folder) where name != "SHA256SUMS" && !listed.contains(name) {
            findings.append("\(name): not listed in SHA256SUMS")
        }
        checked.append("\(listed.count) files against SHA256SUMS")
    }

    /// The manifest names the same hashes and sizes.
    private mutating func checkManifest(_ manifest: InputBytes) {
        let document = JSONDocument()
        guard manifest.text.isValidUTF8, document.parse(manifest.text) == nil, let outputs = document.root["outputs"]
        else {
            findings.append("manifest.json: no manifest")
            return
        }
        for output in outputs.elements {
            guard let name = output["name"]?.string, let hash = output["sha256"]?.string,
                let bytes = output["bytes"]?.int
            else {
                findings.append("manifest.json: an output without name, hash or size")
                continue
            }
            guard let file = content(name) else { continue }
            if sha256(file.original) != hash { findings.append("\(name): its hash is not the one in manifest.json") }
            if file.original.count != bytes { findings.append("\(name): its size is not the one in manifest.json") }
        }
        checked.append("\(outputs.elements.count) files against manifest.json")
    }

    // MARK: Chain

    /// Each manifest of the output folder names the hash of the one published before it.
    private mutating func checkChain() {
        let links = ManifestChain.links(in: "\(folder)/..").sorted { $0.sequence < $1.sequence }
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
        checked.append("\(links.count) manifests in their chain")
    }

    /// The reports of a day are named `<as-of>.1`, `<as-of>.2` … in the order in which they were published, the last `<as-of>`.
    private mutating func checkName(_ link: ManifestChain.Link, _ numbers: inout [String: Int]) {
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

    // MARK: Totals

    private mutating func checkTotals() throws(RunFailure) {
        guard let summaryFile = content("summary.json") else { return }
        let document = JSONDocument()
        guard summaryFile.text.isValidUTF8, document.parse(summaryFile.text) == nil else {
            findings.append("summary.json: no JSON")
            return
        }
        let summary = document.root
        checkControls(summary)
        guard folderNames(folder).contains("reconciliation.csv"), let rows = content("reconciliation.csv") else {
            return
        }
        var recomputed = RecomputedReport()
        recomputed.read(rows.text)
        findings += recomputed.findings
        findings += recomputed.differences(from: summary)
        checked.append("\(recomputed.rowCount) rows: counts, totals and the bridge of each against summary.json")
    }

    private mutating func checkControls(_ summary: JSONValue) {
        func number(_ group: JSONKey, _ key: JSONKey) -> Int { summary["controls"]?[group]?[key]?.int ?? -1 }
        func check(_ name: String, _ left: Int, _ right: Int) {
            if left != right { findings.append("summary.json: controls.\(name) do not balance: \(left) and \(right)") }
        }
        check(
            "orders", number("orders", "lines"),
            number("orders", "blank") + number("orders", "accepted") + number("orders", "duplicate")
                + number("orders", "rejected") + number("orders", "quotedOnly"))
        check(
            "webhooks", number("webhooks", "lines"),
            number("webhooks", "blank") + number("webhooks", "assigned") + number("webhooks", "duplicate")
                + number("webhooks", "orphan") + number("webhooks", "otherType") + number("webhooks", "rejected"))
        check(
            "queries", number("queries", "cases"),
            number("queries", "ok") + number("queries", "failed") + number("queries", "notQueryable"))
        check("rows", number("rows", "case"), number("orders", "accepted"))
        checked.append("control totals")
    }
}
