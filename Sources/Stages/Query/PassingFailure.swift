/// The failures of a query that may be over later: the service is down or overloaded, or the network is.
package enum PassingFailure {
    /// Whether a code of a journal's line (`error`) is one of them.
    package static func contains(_ code: String) -> Bool {
        switch code {
        case "timeout", "connection", "http-408", "http-429", "circuit-open", "deadline": return true
        case "api-status--1", "api-status-2", "api-status-705", "api-status-9999": return true
        default: return code.count == 8 && code.hasPrefix("http-5")
        }
    }
}
