/// Why a night cannot be closed, or its opening cannot be used.
package enum NightError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A decision of a person, or a file that a report carries, is not one that can be used.
    case unusable(String)
    /// Something else is where a copy of the state is to be kept.
    case copyInTheWay(String)
    /// A check of our own failed.
    case failedCheck(String)

    package var description: String {
        switch self {
        case .unusable(let reason), .copyInTheWay(let reason), .failedCheck(let reason): reason
        }
    }
}
