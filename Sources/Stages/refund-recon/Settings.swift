import ArgumentParser
import Files
import JSON
import Memory
import Processes
import Run

/// Options of `run` and `validate` from a configuration file and from the environment: both are turned into arguments, so
/// that an option means the same and is checked alike wherever it comes from. An argument beats the environment, which
/// beats the file.
///
/// The file is one JSON object: `{"as-of": "2025-09-30", "orders": ["orders.csv"], "tolerance": {"USD": "0.05"}, "strict": true}`.
/// In the environment the option `--as-of` is `REFUND_RECON_AS_OF`; several values are separated by commas.
enum Settings {
    private static let prefix = "REFUND_RECON_"

    /// The values of one option in one place.
    private struct Setting {
        let option: String
        let values: [String]
        /// The variable, or the file and its key, for messages.
        let place: String
    }

    /// The variables of the environment. One of ours that is empty counts as not set.
    static func environment() -> [String: String] {
        Machine.environment().filter { name, value in
            !value.isEmpty || !(name.hasPrefix(prefix) || name.hasPrefix("ATLAS_CLIENT_"))
        }
    }

    /// The arguments with those of the environment and the configuration file that they do not give themselves.
    static func expand(_ arguments: [String], environment: [String: String]) throws(RunError) -> [String] {
        try refuseEmptyValues(arguments)
        guard let command = arguments.first, command == "run" || command == "validate" else { return arguments }
        // One file and one environment serve both commands, so `validate` skips options that only `run` has.
        let known = CommandOptions(RunCommand.self)
        let wanted = command == "run" ? known : CommandOptions(ValidateCommand.self)
        var settings = try fromEnvironment(environment, known)
        if let path = configFile(arguments, environment) { settings += try fromFile(path) }
        var given = optionNames(arguments)
        var added: [String] = []
        for setting in settings {
            guard let kind = known[setting.option], setting.option != "config" else {
                throw RunError(
                    .usage, "\(setting.place): there is no such setting, since no option --\(setting.option)")
            }
            let words = try Self.arguments(setting, kind)
            if given.insert(setting.option).inserted, wanted[setting.option] != nil { added += words }
        }
        return [command] + added + arguments.dropFirst()
    }

    // MARK: Arguments

    /// An empty value, such as that of an unset shell variable, would silently switch off what it should set.
    private static func refuseEmptyValues(_ arguments: [String]) throws(RunError) {
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--"), argument.hasSuffix("="), argument.firstIndex(of: "=") == argument.indices.last
            {
                throw RunError(.usage, "\(argument.dropLast()) needs a value; it is empty")
            }
            guard argument.isEmpty else { continue }
            let before = index > 0 ? arguments[index - 1] : ""
            throw RunError(
                .usage, before.hasPrefix("--") ? "\(before) needs a value; it is empty" : "an argument is empty")
        }
    }

    private static func optionNames(_ arguments: [String]) -> Set<String> {
        Set(arguments.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) })
    }

    private static func configFile(_ arguments: [String], _ environment: [String: String]) -> String? {
        for (index, argument) in arguments.enumerated() {
            if argument == "--config", index + 1 < arguments.count { return arguments[index + 1] }
            if argument.hasPrefix("--config=") { return String(argument.dropFirst("--config=".count)) }
        }
        return environment[prefix + "CONFIG"]
    }

    /// A setting as arguments: none for a flag that is off.
    private static func arguments(_ setting: Setting, _ kind: CommandOptions.Kind) throws(RunError) -> [String] {
        let option = "--\(setting.option)"
        if setting.values.contains("") { throw RunError(.usage, "\(setting.place): a value is empty") }
        switch kind {
        case .flag:
            switch setting.values.map({ $0.lowercased() }) {
            case ["1"], ["true"], ["yes"]: return [option]
            case ["0"], ["false"], ["no"]: return []
            default:
                throw RunError(
                    .usage,
                    "\(setting.place): \(setting.values.joined(separator: ",")) is neither yes nor no "
                        + "(1, true, yes; 0, false, no)")
            }
        case .repeatable: return setting.values.flatMap { [option, $0] }
        // Given twice, the last would count.
        case .single: return setting.values.isEmpty ? [] : [option, setting.values.joined(separator: ",")]
        }
    }

    // MARK: The environment

    private static func fromEnvironment(
        _ environment: [String: String], _ known: CommandOptions
    ) throws(RunError) -> [Setting] {
        var settings: [Setting] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) {
            let option = name.dropFirst(prefix.count).lowercased().split(separator: "_").joined(separator: "-")
            if value.isEmpty || option == "config" { continue }
            // A comma is part of the value of an option that is given once.
            let isList = known[option] == .repeatable
            let values = isList ? value.split(separator: ",", omittingEmptySubsequences: false) : [value[...]]
            settings.append(Setting(option: option, values: values.map(String.init), place: name))
        }
        return settings
    }

    // MARK: The file

    private static func fromFile(_ path: String) throws(RunError) -> [Setting] {
        let input: InputBytes
        do throws(InputError) { input = try InputBytes(path: path) } catch { throw RunError(error) }
        var reader = JSONReader()
        let text = input.textBytes
        guard text.span.isValidUTF8 else { throw RunError(.unusableInput, "\(path): no JSON at byte 1") }
        let reading = reader.read(text.span)
        switch reading.fault {
        case .syntax(let offset): throw RunError(.unusableInput, "\(path): not JSON at byte \(offset + 1)")
        case .duplicateKey(let key): throw RunError(.unusableInput, "\(path): the key \(key) appears twice")
        case nil: break
        }
        guard let root = reading.object else { throw RunError(.unusableInput, "\(path): not a JSON object") }
        var settings: [Setting] = []
        var members = root.children
        while let member = members.next() {
            let option = member.name ?? ""
            let values = try values(member, "\(path): \(option)")
            settings.append(Setting(option: option, values: values, place: "\(path): \(option)"))
        }
        return settings
    }

    private static func values(_ value: JSONView, _ place: String) throws(RunError) -> [String] {
        guard value.kind == .array || value.kind == .object else { return [try text(value, place)] }
        var values: [String] = []
        var children = value.children
        while let child = children.next() {
            let text = try text(child, place)
            values.append(value.kind == .array ? text : "\(child.name ?? "")=\(text)")
        }
        return values
    }

    private static func text(_ value: JSONView, _ place: String) throws(RunError) -> String {
        switch value.kind {
        case .string: return value.string ?? ""
        case .number, .bool: return value.raw.string
        case .null: throw RunError(.unusableInput, "\(place) has no value")
        case .array, .object: throw RunError(.unusableInput, "\(place) has a list or an object inside another")
        }
    }
}
