import Files
import Memory
import Refunds
import Run
import Processes

/// Output for a person. Standard output carries only the result that was asked for; the rest goes to standard error.
///
/// Every text goes through one of these functions. A message is put on one line and cleaned here, whatever file or answer its
/// words come from; a table is our own, and its cells are cleaned where it is made; data is for programs.
enum Terminal {
    static let isErrorTerminal = StandardStream.error.isTerminal
    static let isOutputTerminal = StandardStream.output.isTerminal

    /// Color only on a terminal that knows it, and never where NO_COLOR is set.
    static let hasColor: Bool = {
        let environment = Machine.environment()
        return isOutputTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }()

    // MARK: Standard output

    /// Prints a message on a line of its own. Exit 73 if standard output cannot be written, as for all that is printed.
    static func print(_ message: String) throws(RunError) { try print(table: VisibleText.escaped(message)) }

    /// Prints our own lines.
    static func print(table: String) throws(RunError) {
        try write(Array(table.utf8) + [0x0A])
    }

    /// Prints data, byte for byte; on a terminal with everything escaped that a terminal would obey.
    static func print(data: [UInt8]) throws(RunError) {
        let shown =
            isOutputTerminal ? Array(VisibleText.escapedLines(String(decoding: data, as: UTF8.self)).utf8) : data
        try write(shown)
    }

    private static func write(_ bytes: [UInt8]) throws(RunError) {
        do throws(SystemError) { try StandardStream.output.write(bytes) } catch {
            throw RunError(.cannotWrite, "standard output cannot be written: \(error)")
        }
    }

    // MARK: Standard error

    /// Says a message on a line of its own.
    static func error(_ message: String) { error(table: VisibleText.escaped(message)) }

    /// Shows our own lines.
    static func error(table: String) { show(table + "\n") }

    /// Shows a line of progress in the place of the one before it; only where a terminal watches.
    static func progress(_ message: String) {
        if isErrorTerminal { show("\r\u{1B}[K\(VisibleText.escaped(message))") }
    }

    /// Clears the line of progress.
    static func endProgress() {
        if isErrorTerminal { show("\r\u{1B}[K") }
    }

    /// There is nowhere to say that standard error cannot be written.
    private static func show(_ text: String) { try? StandardStream.error.write(Array(text.utf8)) }

    // MARK: Questions

    /// Whether a person can be asked: the question goes to standard error, the answer comes from standard input.
    static var canAsk: Bool { isErrorTerminal && StandardStream.input.isTerminal }

    /// Asks a question; anything but y or yes is a no.
    static func ask(_ question: String) -> Bool {
        show(question)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
