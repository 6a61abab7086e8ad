import Files
import Glibc

/// The streams that a process has open when it begins.
package enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Writes all of the text.
    package func write(_ bytes: [UInt8]) throws(SystemError) { try File(standard: rawValue).write(bytes) }
}
