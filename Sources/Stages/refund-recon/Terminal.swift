import Files
import Glibc
import Memory
import Refunds
import Run

/// Output for a person. Standard output carries only the result that was asked for; the rest goes to standard error.
///
/// Every text goes through one of these functions. A message is put on one line and cleaned here, whatever file or answer its
/// words come from; a table is our own, and its cells are cleaned where it is made; data is for programs.
enum Terminal {
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

    /// Color only on a terminal that knows it, and never where NO_COLOR is set.
    static let hasColor =
        isOutputTerminal && (getenv("NO_COLOR").map { String(cString: $0) } ?? "").isEmpty
        && getenv("TERM").map { String(cString: $0) } != "dumb"

    // MARK: Standard output

    /// Prints a message on a line of its own. Exit 73 if standard output cannot be written, as for all that is printed.
    static func print(_ message: String) throws(RunError) { try print(table: VisibleText.escaped(message)) }

    /// Prints our own lines.
    static func print(table: String) throws(RunError) {
        do throws(SystemFault) { try writeAll(Array(table.utf8) + [0x0A], to: STDOUT_FILENO) } catch {
            throw cannotPrint(error)
        }
    }

    /// Prints data, byte for byte; on a terminal with everything escaped that a terminal would obey.
    static func print(data: [UInt8]) throws(RunError) {
        let shown =
            isOutputTerminal ? Array(VisibleText.escapedLines(String(decoding: data, as: UTF8.self)).utf8) : data
        do throws(SystemFault) { try writeAll(shown, to: STDOUT_FILENO) } catch { throw cannotPrint(error) }
    }

    private static func cannotPrint(_ fault: SystemFault) -> RunError {
        RunError(.cannotWrite, "standard output cannot be written: \(fault)")
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
    private static func show(_ text: String) { try? writeAll(Array(text.utf8), to: STDERR_FILENO) }

    // MARK: Questions

    /// Whether a person can be asked: the question goes to standard error, the answer comes from standard input.
    static var canAsk: Bool { isErrorTerminal && isatty(STDIN_FILENO) == 1 }

    /// Asks a question; anything but y or yes is a no.
    static func ask(_ question: String) -> Bool {
        show(question)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
