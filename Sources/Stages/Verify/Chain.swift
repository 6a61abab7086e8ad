import Files

/// The manifests in the output folder, each of which names the hash of the one published before it, and `CHAIN`, which
/// lists them.
final class Chain: ReportCheck {
    /// One published manifest.
    struct Link {
        let folder: String
        let asOf: String
        let sequence: Int
        let sha256: String
        let previousSHA256: String?
    }

    /// A line of `CHAIN`.
    private struct Line {
        let sequence: Int
        let asOf: String
        let sha256: String

        /// nil for a text, without its line end, that is not written exactly so.
        init?(_ text: String) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let number = Int(parts[0]), 1...1_000_000_000 ~= number, String(number) == parts[0],
                Day.number(parts[1].utf8) != nil, SHA256Text.isHash(parts[2])
            else { return nil }
            (sequence, asOf, sha256) = (number, parts[1], parts[2])
        }
    }

    let report: ReportFiles
    private let options: VerifyOptions
    /// The output folder; nil with `--alone`.
    let output: Folder?
    /// In the order of their numbers.
    private(set) var links: [Link] = []
    /// Whether the chain was found whole.
    private(set) var isChecked = false

    init(report: ReportFiles, options: VerifyOptions) {
        self.report = report
        self.options = options
        output = options.isAlone ? nil : report.folder.parent
        guard let output else { return }
        for name in output.readableNames {
            guard let folder = output.folder(name), let link = Self.link(folder, named: name) else { continue }
            if !name.hasPrefix(".") || Self.isUnsettled(link, in: output) { links.append(link) }
        }
        links.sort { ($0.sequence, $0.folder) < ($1.sequence, $1.folder) }
    }

    /// Before a report takes the place of another it has the first name; from the exchange on, the other has it. Where paths
    /// cannot be exchanged, the other has the second one.
    private static let unsettledPrefixes = [".replaced-", ".former-"]

    /// Whether a hidden folder holds a former report whose run was killed before it got its number. The next run settles it;
    /// until then it is part of the chain. A report that was not published yet is not.
    private static func isUnsettled(_ link: Link, in output: Folder) -> Bool {
        guard let prefix = unsettledPrefixes.first(where: { link.folder.hasPrefix($0) }) else { return false }
        let place = String(link.folder.dropFirst(prefix.count))
        guard let published = output.folder(place).flatMap({ Self.link($0, named: place) }) else {
            return prefix == ".former-"
        }
        return link.sequence < published.sequence
    }

    private static func link(_ folder: Folder, named name: String) -> Link? {
        guard let bytes = try? folder.file("manifest.json").rest(limit: ReportFiles.smallBytes),
            let manifest = JSONReading.tree(bytes), let sequence = manifest["sequence"]?.count,
            1...1_000_000_000 ~= sequence, let asOf = manifest["asOf"]?.string
        else { return nil }
        return Link(
            folder: name, asOf: asOf, sequence: sequence, sha256: SHA256Sum.hex(of: bytes),
            previousSHA256: manifest["previousManifestSHA256"]?.string)
    }

    /// The last report of a day that was published before this one.
    func last(of asOf: String) -> Link? {
        guard let sequence = report.sequence else { return nil }
        return links.last { $0.asOf == asOf && $0.sequence < sequence }
    }

    /// Another report's summary; nil if it is not there any more.
    func summary(of link: Link) -> StatedJSON? { file("summary.json", of: link) }

    func manifest(of link: Link) -> StatedJSON? { file("manifest.json", of: link) }

    private func file(_ name: String, of link: Link) -> StatedJSON? {
        output?.folder(link.folder).flatMap { try? $0.file(name).rest(limit: ReportFiles.smallBytes) }
            .flatMap(JSONReading.tree)
    }

    func check() {
        guard let output else {
            if options.isAlone { findings.note("the chain was not looked at (--alone)") }
            return
        }
        var isListed = false
        findings.check(
            "\(links.count) \(links.count == 1 ? "manifest" : "manifests") in their chain\(isListed ? ", as CHAIN lists them" : "")"
        ) {
            checkLinks()
            isListed = checkChainFile(in: output)
            isChecked = !findings.isFailing
        }
    }

    private func checkLinks() {
        var numbers: [String: Int] = [:]
        var previous: Link?
        for link in links {
            let expected = (previous?.sequence ?? 0) + 1
            if link.sequence != expected {
                let hint = links.count == 1 ? " (for one report that was handed over alone, give --alone)" : ""
                findings.differs(
                    "chain: \(link.folder) is report \(link.sequence) and the next should be \(expected): a report is missing, added or replaced\(hint)"
                )
            } else if link.previousSHA256 != previous?.sha256 {
                findings.differs(
                    "chain: \(link.folder) does not follow \(previous?.folder ?? "nothing"): a manifest was changed or replaced"
                )
            }
            checkName(of: link, numbers: &numbers)
            previous = link
        }
        let own = SHA256Sum.hex(of: report.manifestBytes)
        if !links.contains(where: { $0.sha256 == own }) {
            findings.differs("chain: this report's manifest is not among those of the output folder")
        }
        for hash in options.noted where !links.contains(where: { $0.sha256 == hash }) {
            findings.differs("chain: no report has the noted manifest \(hash): it is missing, or was replaced")
        }
    }

    /// The place of a report among those of its day, by the name of its folder; nil if that is of another day.
    private static func number(of link: Link) -> Int? {
        if link.folder == link.asOf { return .max }
        if unsettledPrefixes.contains(where: { link.folder == $0 + link.asOf }) { return .max - 1 }
        return link.folder.hasPrefix(link.asOf + ".") ? Int(link.folder.dropFirst(link.asOf.count + 1)) : nil
    }

    /// The reports of a day are named `<as-of>.1`, `<as-of>.2` … in the order in which they were published, the last `<as-of>`.
    private func checkName(of link: Link, numbers: inout [String: Int]) {
        guard let number = Self.number(of: link) else {
            return findings.differs("chain: \(link.folder) holds the report of \(link.asOf): it was renamed")
        }
        if number <= numbers[link.asOf] ?? 0 {
            findings.differs("chain: \(link.folder) is out of order among the reports of \(link.asOf)")
        }
        numbers[link.asOf] = number
    }

    /// Whether there is a `CHAIN`.
    private func checkChainFile(in output: Folder) -> Bool {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try output.file("CHAIN").rest(limit: ReportFiles.smallBytes) } catch {
            if error != .missing { findings.differs("CHAIN: \(error)") }
            if error == .missing, links.count > 1 { findings.differs("CHAIN: it is missing; it lists the reports") }
            return false
        }
        let lines = read(bytes)
        let linksByNumber = Dictionary(links.map { ($0.sequence, $0) }) { first, _ in first }
        var sequence = 0
        for line in lines {
            sequence += 1
            if line.sequence != sequence {
                findings.differs("CHAIN: it lists report \(line.sequence) where report \(sequence) should be")
            }
            sequence = line.sequence
            guard let link = linksByNumber[line.sequence] else {
                findings.differs("chain: report \(line.sequence) of \(line.asOf), which CHAIN lists, is missing")
                continue
            }
            if link.sha256 != line.sha256 || link.asOf != line.asOf {
                findings.differs("chain: \(link.folder) is not the report \(line.sequence) that CHAIN lists")
            }
        }
        let listed = Set(lines.map(\.sequence))
        for link in links where !listed.contains(link.sequence) {
            findings.differs(
                "chain: \(link.folder) is not listed in CHAIN: it was added, or its run ended before it was")
        }
        return true
    }

    private func read(_ bytes: [UInt8]) -> [Line] {
        var texts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if texts.popLast()?.isEmpty == false { findings.differs("CHAIN: its last line is cut off") }
        return texts.enumerated().compactMap { index, text in
            let line = Line(String(decoding: text, as: UTF8.self))
            if line == nil {
                findings.differs("CHAIN: line \(index + 1) is not a number, a day and the hash of a manifest")
            }
            return line
        }
    }
}
