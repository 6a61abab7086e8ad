/// Why a state store cannot be used.
package enum StateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It cannot be opened or made.
    case cannotOpen(path: String, reason: String)
    /// Another run has it.
    case inUse(path: String)
    /// It is no state store, or it is damaged.
    case unusable(path: String, reason: String)
    /// The request would lose something.
    case refused(path: String, reason: String)
    /// It is a store of the first version, which a run takes over.
    case former(path: String)
    /// A statement failed, such as on a full disk.
    case failed(path: String, reason: String)
    /// The data to keep contradict its content: a fault of this program.
    case contradiction(path: String, reason: String)
    /// A run was killed while it published a night, and it is not known whether it did.
    case unsettled(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open the state \(path): \(reason)"
        case .inUse(let path): "another run uses the state \(path)"
        case .unusable(let path, let reason): "the state \(path) is unusable: \(reason)"
        case .former(let path):
            "the state \(path) is of an earlier version: the next run with it takes it over, and keeps a copy of it"
        case .refused(let path, let reason), .failed(let path, let reason), .contradiction(let path, let reason),
            .unsettled(let path, let reason):
            "the state \(path): \(reason)"
        }
    }
}
