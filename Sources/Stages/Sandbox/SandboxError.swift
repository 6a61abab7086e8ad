/// Why the sandbox cannot be started.
package enum SandboxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The data file cannot be opened; the reason is the system's own.
    case cannotOpen(path: String, reason: String)
    /// The data file is no readable gzip, or reading it failed on the way.
    case cannotRead(path: String, reason: String)
    /// A line of the data file (the first is 1) is no order as the sandbox keeps it.
    case badLine(path: String, line: Int, reason: String)
    /// A fault that was asked for is none, or its probability is none.
    case badFault(text: String, reason: String)
    /// The sandbox serves without encryption, so it serves this machine alone.
    case hostNotLoopback(String)
    /// The port cannot be listened at.
    case cannotListen(host: String, port: Int, reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .badLine(let path, let line, let reason): "\(path):\(line): \(reason)"
        case .badFault(let text, let reason): "bad fault \"\(text)\": \(reason)"
        case .hostNotLoopback(let host):
            "the sandbox listens at a loopback address only (127.0.0.1, ::1, localhost), not at \"\(host)\""
        case .cannotListen(let host, let port, let reason): "cannot listen at \(host):\(port): \(reason)"
        }
    }
}
