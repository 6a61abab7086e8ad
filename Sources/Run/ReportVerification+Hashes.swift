import Bytes
import JSON

extension ReportVerification {
    /// Every file of the folder stands in SHA256SUMS with its hash, and nothing else does.
    mutating func checkSums(_ sums: InputBytes) {
        var listed: [SHA256Sums.Line] = []
        for (place, line) in SHA256Sums.lines(of: sums.original).enumerated() {
            guard let line else {
                findings.append("SHA256SUMS: line \(place + 1) is no hash and name")
                continue
            }
            guard !line.name.contains("/"), !listed.contains(where: { $0.name == line.name }) else {
                findings.append("SHA256SUMS: \(line.name) is listed twice or lies elsewhere")
                continue
            }
            listed.append(line)
            if let file = file(line.name), file.sha256 != line.sha256 {
                findings.append("\(line.name): its hash is not the one in SHA256SUMS")
            }
        }
        let outside = [SHA256Sums.name, Superseded.name]
        for name in folderNames(folder) where !outside.contains(name) && !listed.contains(where: { $0.name == name }) {
            findings.append("\(name): not listed in SHA256SUMS")
        }
        // Whatever a reader might pass over, such as another order or a line that is cut off.
        if !sums.original.elementsEqual(SHA256Sums.render(listed)) {
            findings.append("SHA256SUMS: not as it was written")
        }
        checked.append("\(listed.count) files against SHA256SUMS")
    }

    /// The manifest names the same hashes and sizes, and each file but itself and what follows from it.
    mutating func checkManifest(_ manifest: JSONValue) {
        let outputs = manifest["outputs"]?.elements ?? []
        var names: Set<String> = ["manifest.json", SHA256Sums.name, Superseded.name]
        if manifest["signingPublicKey"] != nil { names.insert(SigningKey.signatureName) }
        for output in outputs {
            guard let name = output["name"]?.string, let hash = output["sha256"]?.string,
                let bytes = output["bytes"]?.int
            else {
                findings.append("manifest.json: an output without name, hash or size")
                continue
            }
            names.insert(name)
            guard let file = file(name) else { continue }
            if file.sha256 != hash { findings.append("\(name): its hash is not the one in manifest.json") }
            if file.content.original.count != bytes {
                findings.append("\(name): its size is not the one in manifest.json")
            }
            checkRows(output, name, file.content)
        }
        for name in folderNames(folder) where !names.contains(name) {
            findings.append("\(name): not named in manifest.json")
        }
        checked.append("\(outputs.count) files against manifest.json")
    }

    /// The number of records that the manifest states, where a file has one.
    private mutating func checkRows(_ output: JSONValue, _ name: String, _ content: InputBytes) {
        guard let stated = output["rows"]?.int else { return }
        let found =
            name.hasSuffix(".csv") ? RecomputedReport.rowCount(of: content.text) : content.text.count { $0 == 0x0A }
        if found != stated { findings.append("\(name): \(found) rows, manifest.json says \(stated)") }
    }

    /// The report is signed by the key that its manifest names and, where one is given, by that of the public key.
    mutating func checkSignature(_ manifest: InputBytes, _ parsed: JSONValue, _ publicKey: VerifyingKey?) {
        let named = parsed["signingPublicKey"]?.string
        guard named != nil || publicKey != nil else { return }
        guard let named else {
            findings.append("manifest.json: not signed")
            return
        }
        guard let key = VerifyingKey(base64: named) else {
            findings.append("manifest.json: signingPublicKey is no Ed25519 key")
            return
        }
        if let publicKey, publicKey != key {
            findings.append("manifest.json: signed with another key than that of the given public key")
        }
        guard let signature = file(SigningKey.signatureName) else { return }
        if key.isSignature(signature.content.original, of: manifest.original) {
            checked.append(
                "signature of \(publicKey == nil ? "the key that the manifest names" : "the given public key")")
        } else {
            findings.append("\(SigningKey.signatureName): no signature of manifest.json by its key")
        }
    }
}
