import Glibc

/// What a person sees. Standard output carries only what was asked for; everything else goes to standard error.
enum Terminal {
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

    /// Colour only on a terminal that knows it, and never where NO_COLOR is set.
    static let hasColour =
        isOutputTerminal && getenv("NO_COLOR") == nil && getenv("TERM").map { String(cString: $0) } != "dumb"

    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    static func print(bytes: [UInt8]) { write(String(decoding: bytes, as: UTF8.self), to: STDOUT_FILENO) }

    static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Shows a line of progress in the place of the one before it; only where a terminal watches.
    static func progress(_ text: String) {
        if isErrorTerminal { write("\r\u{1B}[K\(text)", to: STDERR_FILENO) }
    }

    /// Clears the line of progress.
    static func endProgress() {
        if isErrorTerminal { write("\r\u{1B}[K", to: STDERR_FILENO) }
    }

    /// Whether a person can be asked: the question goes to standard error, the answer comes from standard input.
    static var canAsk: Bool { isErrorTerminal && isatty(STDIN_FILENO) == 1 }

    /// Asks a question; anything but y or yes is a no. SIGINT and SIGTERM end the program here, whatever a call before did
    /// about them.
    static func ask(_ question: String) -> Bool {
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        write(question, to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, bytes.count - start)
            }
            guard count > 0 else { return }
            start += count
        }
    }
}
