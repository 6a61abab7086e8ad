import ArgumentParser
import Bytes
import Glibc
import JSON
import Run

/// Options of `run` and `validate` from a configuration file and from the environment: both are turned into arguments, so
/// that an option means the same and is checked alike wherever it comes from. An argument beats the environment, which
/// beats the file.
///
/// The file is one JSON object: `{"as-of": "2025-09-30", "orders": ["orders.csv"], "tolerance": {"USD": "0.05"}, "strict": true}`.
/// In the environment the option `--as-of` is `REFUND_RECON_AS_OF`; several values are separated by commas.
enum Settings {
    private static let commands: Set<String> = ["run", "validate"]
    private static let prefix = "REFUND_RECON_"
    /// Options of `run` that mean nothing to `validate`.
    private static let runOnly: Set<String> = [
        "status-journal", "atlas-url", "sandbox", "concurrency", "rate", "timeout", "attempts", "deadline",
        "credentials",
        "insecure-http", "as-of", "tolerance", "output", "formats", "workbook-rows", "strict", "allow-incomplete",
        "json", "state", "requery-after", "dispositions", "signing-key", "metrics", "notify", "notify-worse-than",
        "expect-orders", "expect-amount", "min-cases", "min-share-of-usual", "timings", "audit-rules", "fee-schedule",
    ]
    /// Options that can be given several times; of every other one a comma is part of its value.
    private static let repeatable: Set<String> = [
        "orders", "webhooks", "status-journal", "tolerance", "expect-amount", "dispositions",
    ]

    static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            place += 1
        }
        return variables
    }

    /// The arguments with those of the environment and the configuration file that they do not give themselves.
    static func expand(_ arguments: [String], environment: [String: String]) throws -> [String] {
        guard let command = arguments.first, commands.contains(command) else { return arguments }
        var given = optionNames(arguments)
        var added: [String] = []
        let fromEnvironment = environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        var options = fromEnvironment.map { name, value in
            let option = name.dropFirst(prefix.count).lowercased().split(separator: "_").joined(separator: "-")
            let isList = repeatable.contains(option) || value.isEmpty
            return (option, isList ? value.split(separator: ",").map(String.init) : [value])
        }
        if let path = configFile(arguments, environment) { options += try read(path) }
        for (option, values) in options where option != "config" && given.insert(option).inserted {
            // One file and one environment serve both commands.
            if command == "validate", runOnly.contains(option) { continue }
            added += Self.arguments(option, values)
        }
        return [command] + added + arguments.dropFirst()
    }

    private static func optionNames(_ arguments: [String]) -> Set<String> {
        Set(arguments.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) })
    }

    /// A flag that is true is given, one that is false is not.
    private static func arguments(_ option: String, _ values: [String]) -> [String] {
        // Given twice, the last would count.
        let isList = repeatable.contains(option) || values.isEmpty
        let values = isList ? values : [values.joined(separator: ",")]
        return switch values {
        case ["true"]: ["--\(option)"]
        case ["false"]: []
        default: values.flatMap { ["--\(option)", $0] }
        }
    }

    private static func configFile(_ arguments: [String], _ environment: [String: String]) -> String? {
        for (index, argument) in arguments.enumerated() {
            if argument == "--config", index + 1 < arguments.count { return arguments[index + 1] }
            if argument.hasPrefix("--config=") { return String(argument.dropFirst("--config=".count)) }
        }
        return environment[prefix + "CONFIG"]
    }

    private static func read(_ path: String) throws -> [(String, [String])] {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: path) } catch { throw RunFailure(error) }
        let document = JSONDocument()
        switch input.text.isValidUTF8 ? document.parse(input.text) : .syntax(offset: 0) {
        case .syntax(let offset): throw RunFailure(.unusableInput, "\(path): no JSON at byte \(offset + 1)")
        case .duplicateKey(let key): throw RunFailure(.unusableInput, "\(path): the key \(key) stands twice")
        case nil: break
        }
        guard document.root.kind == .object else { throw RunFailure(.unusableInput, "\(path): not a JSON object") }
        return try document.root.members.map { ($0.key, try values($0.value, $0.key, path)) }
    }

    private static func values(_ value: JSONValue, _ key: String, _ path: String) throws -> [String] {
        switch value.kind {
        case .string: return [value.string ?? ""]
        case .number, .bool: return [String(decoding: value.raw, as: UTF8.self)]
        case .array: return try value.elements.flatMap { try values($0, key, path) }
        case .object:
            return try value.members.map { member in
                "\(member.key)=\(try values(member.value, key, path).joined())"
            }
        case .null: throw RunFailure(.unusableInput, "\(path): \(key) has no value")
        }
    }
}
