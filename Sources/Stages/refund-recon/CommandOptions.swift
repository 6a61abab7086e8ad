import ArgumentParser

/// The options of a command as its declaration has them, those of its option groups included.
struct CommandOptions {
    enum Kind {
        case flag
        /// It takes a value and is given once.
        case single
        case repeatable
    }

    private var kinds: [String: Kind] = [:]

    /// The kind of `--name`; nil if the command has no such option.
    subscript(name: String) -> Kind? { kinds[name] }

    init(_ command: any ParsableArguments.Type) { add(command) }

    private mutating func add(_ type: any ParsableArguments.Type) {
        for child in Mirror(reflecting: type.init()).children {
            if let group = child.value as? any OptionHolder {
                add(Swift.type(of: group).held)
            } else if let option = child.value as? any OptionDeclaration, let label = child.label {
                kinds[Self.name(label)] = Swift.type(of: option).kind
            }
        }
    }

    /// `_asOf`, as a property wrapper is stored, is `as-of`.
    private static func name(_ label: String) -> String {
        label.drop { $0 == "_" }.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
    }
}

private protocol OptionDeclaration { static var kind: CommandOptions.Kind { get } }
private protocol OptionHolder { static var held: any ParsableArguments.Type { get } }
private protocol List {}

extension Array: List {}
extension Flag: OptionDeclaration { fileprivate static var kind: CommandOptions.Kind { .flag } }
extension Option: OptionDeclaration {
    fileprivate static var kind: CommandOptions.Kind { Value.self is any List.Type ? .repeatable : .single }
}
extension OptionGroup: OptionHolder { fileprivate static var held: any ParsableArguments.Type { Value.self } }
