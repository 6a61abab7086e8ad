/// One line of the output of `verify`.
package struct VerifyLine: Equatable, Sendable {
    package enum Kind: Sendable {
        /// A check that held.
        case ok
        /// Something is not as it was written, or does not follow from the rest.
        case differs
        /// Information; nothing is wrong.
        case note
        /// The report's files were deleted as OPERATIONS.md allows.
        case pruned
        /// A claim that this verification cannot prove.
        case notProved
    }

    package let kind: Kind
    /// May hold texts from the report: whoever prints it cleans it.
    package let words: String

    init(_ kind: Kind, _ words: String) {
        self.kind = kind
        // Nobody reads more of one line.
        self.words = words.unicodeScalars.count > 1000 ? String(words.unicodeScalars.prefix(1000)) + "…" : words
    }

    /// The line, kind first.
    package var text: String {
        switch kind {
        case .ok: "ok  \(words)"
        case .differs: "differs  \(words)"
        case .note: "note  \(words)"
        case .pruned: "pruned: \(words)"
        case .notProved: "not proved: \(words)"
        }
    }
}

/// Collects the findings of the checks, in order.
final class Findings {
    private(set) var lines: [VerifyLine] = []
    private var unproved: [String] = []
    private var checkDifferences = 0

    /// The most differences that one check lists.
    private static let limit = 20

    var hasDifferences: Bool { lines.contains { $0.kind == .differs } }

    /// Whether the check that is under way has found a difference.
    var isFailing: Bool { checkDifferences > 0 }

    /// Runs one check; `ok` is said if it finds no difference.
    func check(_ ok: @autoclosure () -> String, _ body: () -> Void) {
        checkDifferences = 0
        body()
        if checkDifferences == 0 {
            lines.append(VerifyLine(.ok, ok()))
        } else if checkDifferences > Self.limit {
            lines.append(VerifyLine(.differs, "… and \(checkDifferences - Self.limit) more like these"))
        }
        checkDifferences = 0
    }

    func differs(_ words: String) {
        checkDifferences += 1
        if checkDifferences <= Self.limit { lines.append(VerifyLine(.differs, words)) }
    }

    func note(_ words: String) { lines.append(VerifyLine(.note, words)) }

    func pruned(_ words: String) { lines.append(VerifyLine(.pruned, words)) }

    /// Said at the end, once.
    func notProved(_ words: String) { if !unproved.contains(words) { unproved.append(words) } }

    /// All lines; the unproved claims come last.
    var all: [VerifyLine] { lines + unproved.map { VerifyLine(.notProved, $0) } }
}
