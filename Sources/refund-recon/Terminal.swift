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
