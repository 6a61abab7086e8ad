import AtlasClient
import Run

/// Where Atlas's credentials come from: a file or the environment, never an argument.
enum Credentials {
    static func read(file: String?, environment: [String: String]) throws -> AtlasCredentials {
        do throws(AtlasCredentialsError) {
            if let file { return try AtlasCredentials(contentsOfFile: file) }
            return try AtlasCredentials(environment: environment)
        } catch {
            if case .cannotRead = error { throw RunError(.cannotOpenInput, "\(error)") }
            throw RunError(.credentials, "\(error)")
        }
    }
}
