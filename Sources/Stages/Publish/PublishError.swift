import Files

/// Why a report cannot be published.
package enum PublishError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another run holds the output folder, or may be at work in it.
    case locked(String)
    case cannotWrite(WriteError)
    case cannotSign

    package var description: String {
        switch self {
        case .locked(let reason): reason
        case .cannotWrite(let error): error.description
        case .cannotSign: "the manifest could not be signed"
        }
    }
}

extension PublishError {
    /// Runs `body`, which writes.
    static func writing<Result>(_ body: () throws(WriteError) -> Result) throws(PublishError) -> Result {
        do throws(WriteError) { return try body() } catch { throw .cannotWrite(error) }
    }
}
