import Bytes
import Run

/// Where Atlas's credentials come from; never from an argument.
enum Credentials {
    static let names = ["ATLAS_CLIENT_ID", "ATLAS_CLIENT_SECRET"]

    static func read(file: String?, environment: [String: String]) throws -> [String: String] {
        let found = environment.filter { names.contains($0.key) && !$0.value.isEmpty }
        guard found.count == names.count else {
            throw RunFailure(
                .credentials, "ATLAS_CLIENT_ID and ATLAS_CLIENT_SECRET are not set, and no --credentials file is given")
        }
        return found
    }
}
