import Files

/// Every file against SHA256SUMS and the manifest.
final class HashChecks: ReportCheck {
    let report: ReportFiles
    /// The files hashed so far; nil for one that cannot be read.
    private var hashes: [String: (sha256: String, bytes: Int)?] = [:]

    init(report: ReportFiles) { self.report = report }

    private func hash(_ name: String) -> (sha256: String, bytes: Int)? {
        if let known = hashes[name] { return known }
        var found: (sha256: String, bytes: Int)?
        report.read(name) { file throws(FileError) in found = try SHA256Text.hash(of: file) }
        hashes[name] = .some(found)
        return found
    }

    /// Every file of the folder is in SHA256SUMS with its hash, and nothing else is.
    func checkSums() {
        var count = 0
        findings.check("\(count) files against SHA256SUMS") {
            guard let bytes = report.bytes("SHA256SUMS") else { return }
            var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            if lines.popLast()?.isEmpty == false { findings.differs("SHA256SUMS: its last line is cut off") }
            var last = ""
            for (index, line) in lines.enumerated() {
                let parts = (hash: String(decoding: line.prefix(64), as: UTF8.self), rest: line.dropFirst(64))
                let name = String(decoding: parts.rest.dropFirst(2), as: UTF8.self)
                guard SHA256Text.isHash(parts.hash), parts.rest.prefix(2).elementsEqual("  ".utf8),
                    Folder.isName(name)
                else {
                    findings.differs("SHA256SUMS: line \(index + 1) is not a hash, two spaces and the name of a file")
                    continue
                }
                if !last.utf8.lexicographicallyPrecedes(name.utf8) {
                    findings.differs("SHA256SUMS: \(name) is listed twice, or its line is out of order")
                }
                last = name
                count += 1
                if let found = hash(name), found.sha256 != parts.hash {
                    findings.differs("\(name): its hash is not the one in SHA256SUMS")
                }
                listed.insert(name)
            }
            let known = ["SHA256SUMS", ReportFiles.supersededName]
            for name in report.names where !known.contains(name) && !listed.contains(name) {
                findings.differs("\(name): it is not listed in SHA256SUMS")
            }
        }
    }

    private var listed: Set<String> = []

    /// The manifest names every file but itself, its signature and SHA256SUMS, with the right hash and size.
    func checkManifest() {
        let outputs = report.manifest?["outputs"]?.elements ?? []
        guard report.manifest != nil else { return }
        findings.check("\(outputs.count) files against manifest.json") {
            var named: Set<String> = ["manifest.json", "SHA256SUMS", ReportFiles.supersededName]
            if report.manifest?["signingPublicKey"] != nil { named.insert("manifest.json.sig") }
            for output in outputs {
                guard let name = output["name"]?.string, let stated = output["sha256"]?.string,
                    let bytes = output["bytes"]?.count
                else {
                    findings.differs("manifest.json: an output has no name, hash or size")
                    continue
                }
                if !named.insert(name).inserted { findings.differs("manifest.json: it names \(name) twice") }
                guard let found = hash(name) else { continue }
                if found.sha256 != stated { findings.differs("\(name): its hash is not the one in manifest.json") }
                if found.bytes != bytes {
                    findings.differs("\(name): it has \(found.bytes) bytes, manifest.json says \(bytes)")
                }
                checkRows(of: output, name: name)
            }
            for name in report.names where !named.contains(name) {
                findings.differs("\(name): manifest.json does not name it")
            }
        }
    }

    /// The number of records that the manifest states, where a file has one.
    private func checkRows(of output: StatedJSON, name: String) {
        guard let stated = output["rows"]?.count else { return }
        var found = 0
        report.read(name) { file throws(FileError) in
            if name.hasSuffix(".csv") {
                found = try CSVStream.recordCount(of: file)
            } else {
                let lines = LineStream(file)
                while try lines.next() != nil { found += 1 }
            }
        }
        if found != stated { findings.differs("\(name): it has \(found) rows, manifest.json says \(stated)") }
    }

    /// The files are those of the formats that the manifest names.
    func checkFormats() {
        guard let formats = report.formats else { return }
        findings.check("the files are those of the formats \(formats.joined(separator: ", "))") {
            let files = [
                "csv": ["reconciliation.csv", "exceptions.csv"], "jsonl": ["reconciliation.jsonl"],
                "xlsx": ["reconciliation.xlsx"], "html": ["report.html"],
            ]
            for format in formats {
                for name in files[format] ?? [] where !report.has(name) {
                    findings.differs("\(name): it is missing, and parameters.formats has \(format)")
                }
            }
            for (format, names) in files.sorted(by: { $0.key < $1.key }) where !formats.contains(format) {
                for name in names where report.has(name) {
                    findings.differs("\(name): it is there, and parameters.formats does not have \(format)")
                }
            }
            for name in ["summary.json", "rejects.csv"] where !report.has(name) {
                findings.differs("\(name): it is missing, and every report has it")
            }
        }
    }
}

/// The signature of the manifest.
struct SignatureCheck: ReportCheck {
    let report: ReportFiles
    let publicKey: PublicKey?

    /// The report is signed by the key that its manifest names and, where one is given, by that key and no other.
    func check() {
        let named = report.manifest?["signingPublicKey"]
        guard named != nil || publicKey != nil else { return }
        findings.check("signature of \(publicKey == nil ? "the key that the manifest names" : "the given public key")")
        {
            guard let named else { return findings.differs("manifest.json: it is not signed") }
            guard let key = named.string.flatMap({ PublicKey(base64: $0) }) else {
                return findings.differs("manifest.json: signingPublicKey is not an Ed25519 key")
            }
            if let publicKey, publicKey != key {
                findings.differs("manifest.json: it is signed with another key than that of the given public key")
            }
            guard let signature = report.bytes("manifest.json.sig") else { return }
            if !key.isSignature(signature, of: report.manifestBytes) {
                findings.differs("manifest.json.sig: it is not a signature of manifest.json by its key")
            }
        }
    }
}
