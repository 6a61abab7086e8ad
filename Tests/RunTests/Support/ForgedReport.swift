import Crypto
import JSON
import Testing

/// A copy of a published report that a test changes, with every hash made anew as a forger would.
struct ForgedReport {
    let output: String
    let name: String
    var folder: String { "\(output)/\(name)" }

    /// Copies an output folder; the report of that name is the one to be forged.
    init(copyOf original: String, report name: String, to output: String) throws {
        self.output = output
        self.name = name
        Files.remove(output)
        try Files.makeFolder(output)
        for entry in Files.names(original) {
            if entry == "CHAIN" { try Files.write(try Files.read("\(original)/CHAIN"), to: "\(output)/CHAIN") }
            if Files.exists("\(original)/\(entry)/manifest.json") {
                try Files.copy("\(original)/\(entry)", to: "\(output)/\(entry)")
            }
        }
    }

    func text(_ file: String) throws -> String { try Files.text("\(folder)/\(file)") }

    func write(_ file: String, _ text: String) throws { try Files.write(Array(text.utf8), to: "\(folder)/\(file)") }

    func take(_ files: [String], from other: String) throws {
        for file in files { try Files.write(try Files.read("\(other)/\(file)"), to: "\(folder)/\(file)") }
    }

    /// Replaces a text that must be there, once.
    func replace(_ file: String, _ old: String, _ new: String) throws {
        let before = try text(file)
        try #require(before.contains(old), "\(file) has no \(old)")
        try write(file, before.replacing(old, with: new, maxReplacements: 1))
    }

    /// Writes hashes, sizes, rows and sums of the manifest, SHA256SUMS and the last line of CHAIN anew.
    func renew(_ change: (JSONTree) -> JSONTree = { $0 }) throws {
        let totals = try parsedJSON(Files.read("\(folder)/summary.json"))["totals"]?.members ?? []
        let manifest = change(try parsedJSON(Files.read("\(folder)/manifest.json")))
        let outputs = try (manifest["outputs"]?.elements ?? []).compactMap { try renewed($0, totals) }
        let members = manifest.members.map { $0.key == "outputs" ? .init("outputs", .array(outputs)) : $0 }
        try Files.write(JSONTree.object(members).encoded(pretty: true) + [0x0A], to: "\(folder)/manifest.json")
        let names = Files.names(folder).filter { !["SHA256SUMS", "SUPERSEDED"].contains($0) }
        let sums = try names.map { "\(try Self.sha256("\(folder)/\($0)"))  \($0)\n" }
        try write("SHA256SUMS", sums.joined())
        var chain = try Files.text("\(output)/CHAIN").split(separator: "\n").map(String.init)
        chain[chain.count - 1] =
            String(chain[chain.count - 1].dropLast(64)) + (try Self.sha256("\(folder)/manifest.json"))
        try Files.write(Array((chain.joined(separator: "\n") + "\n").utf8), to: "\(output)/CHAIN")
    }

    private func renewed(_ output: JSONTree, _ totals: [JSONTree.Member]) throws -> JSONTree? {
        let path = "\(folder)/\(output["name"]?.string ?? "")"
        guard Files.exists(path) else { return nil }
        let content = try Files.read(path)
        return .object(
            try output.members.map { member in
                switch member.key {
                case "sha256": .init("sha256", .string(try Self.sha256(path)))
                case "bytes": .init("bytes", .int(content.count))
                case "rows":
                    .init(
                        "rows", .int(path.hasSuffix(".csv") ? csvRecords(content).count : content.count { $0 == 0x0A }))
                case "sums":
                    .init(
                        "sums",
                        .object(
                            member.value.members.map { sum in
                                .init(sum.key, .object(totals.map { .init($0.key, $0.value[sum.key] ?? .null) }))
                            }))
                default: member
                }
            })
    }

    private static func sha256(_ path: String) throws -> String {
        SHA256.hash(data: try Files.read(path)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
