import Bytes
import Core
import JSON

/// Checks a published report without trusting what made it: every hash, the control totals, the counts, totals and bridge
/// recomputed from `reconciliation.csv`, the signature, and the chain of manifests.
public struct ReportVerification {
    /// What was found to be wrong, each in one line; empty for a report that nobody touched.
    public internal(set) var findings: [String] = []
    /// What was checked, each in one line.
    public internal(set) var checked: [String] = []

    let folder: String
    /// The files that were opened so far, each hashed once.
    private var files: [String: HashedFile] = [:]

    /// A file of the report.
    struct HashedFile {
        let content: InputBytes
        let sha256: String
    }

    /// Reads and checks the report in a folder. Throws only if there is no report to be checked.
    ///
    /// - Parameters:
    ///   - publicKey: whose signature the report must carry; nil if it need carry none.
    ///   - noted: hashes of manifests, noted elsewhere, that the chain must have.
    public init(folder: String, publicKey: VerifyingKey? = nil, noted: [String] = []) throws(RunFailure) {
        self.folder = folder
        let manifest = try open("manifest.json")
        checkSums(try open(SHA256Sums.name).content)
        let document = JSONDocument()
        let isRead = manifest.content.text.isValidUTF8 && document.parse(manifest.content.text) == nil
        if isRead, document.root["outputs"] != nil {
            checkManifest(document.root)
            checkSignature(manifest.content, document.root, publicKey)
        } else {
            findings.append("manifest.json: no manifest")
        }
        checkChain(noted: noted)
        checkTotals(isRead ? document.root : nil)
    }

    private mutating func open(_ name: String) throws(RunFailure) -> HashedFile {
        if let file = files[name] { return file }
        do throws(InputError) {
            let content = try InputBytes(path: "\(folder)/\(name)")
            let file = HashedFile(content: content, sha256: content.content.sha256)
            files[name] = file
            return file
        } catch { throw RunFailure(error) }
    }

    /// A file of the report; nil, and a finding, if it is not there.
    mutating func file(_ name: String) -> HashedFile? {
        do throws(RunFailure) { return try open(name) } catch {
            let finding = "\(name): \(error.message)"
            if !findings.contains(finding) { findings.append(finding) }
            return nil
        }
    }
}
