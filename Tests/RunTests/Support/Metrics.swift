/// Metrics in the text format of Prometheus, read as strictly as its documentation states it: every line is a HELP, a TYPE or
/// a sample; a name has one HELP and one TYPE, before its samples, which stand together; no sample stands twice.
struct Metrics {
    /// Values as they stand, by name and labels: `refund_recon_cases{outcome="matched"}`.
    private(set) var values: [String: String] = [:]
    /// What is wrong with the text.
    private(set) var faults: [String] = []

    private var helped: Set<String> = []
    private var typed: Set<String> = []
    private var closed: Set<String> = []
    private var current = ""

    init(_ text: String) {
        if !text.hasSuffix("\n") { faults.append("the last line has no end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { read(String(line)) }
    }

    subscript(_ name: String) -> String? { values[name] }

    private mutating func read(_ line: String) {
        if let match = line.wholeMatch(of: /# HELP ([a-z_]+) (\S.*)/) {
            begin(String(match.1))
            if !helped.insert(current).inserted { faults.append("HELP twice: \(line)") }
        } else if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) gauge/) {
            if String(match.1) != current || !typed.insert(current).inserted {
                faults.append("TYPE out of place: \(line)")
            }
        } else if let match = line.wholeMatch(of: /([a-z_]+)(\{.+\})? (-?[0-9]+(?:\.[0-9]+)?)/) {
            if String(match.1) != current || !typed.contains(current) {
                faults.append("without HELP and TYPE: \(line)")
            }
            let labels = match.2.map(String.init) ?? ""
            if !labels.isEmpty, !Self.areLabels(labels) { faults.append("no labels: \(line)") }
            if values.updateValue(String(match.3), forKey: match.1 + labels) != nil { faults.append("twice: \(line)") }
        } else {
            faults.append("none of the format: \(line)")
        }
    }

    private static func areLabels(_ text: String) -> Bool {
        text.wholeMatch(of: /\{[a-z_0-9]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z_0-9]+="(?:[^"\\]|\\["\\n])*")*\}/) != nil
    }

    private mutating func begin(_ name: String) {
        if closed.contains(name) { faults.append("\(name) is torn apart") }
        closed.insert(current)
        current = name
    }
}
