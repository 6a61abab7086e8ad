import Files
import Publish
import Query
import Sandbox
import Night

/// Why a command failed: the exit code (OPERATIONS.md, "Exit codes") and one line for a person.
///
/// Which exit code an error has is decided in this file; that of a report that was published, in `ExitRules`.
package struct RunError: Error, Sendable, Equatable {
    package enum Kind: Int32, Sendable {
        /// Wrong usage.
        case usage = 64
        /// An input as a whole is unusable.
        case unusableInput = 65
        /// An input cannot be opened.
        case cannotOpenInput = 66
        /// An internal check failed.
        case internalCheck = 70
        /// The output cannot be written.
        case cannotWrite = 73
        /// Another run holds the lock of this output folder.
        case locked = 75
        /// Atlas refused the credentials, or they may not be used.
        case credentials = 77
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var exitCode: Int32 { kind.rawValue }
}

extension RunError {
    /// The end of a command for an error of a stage; nil for one that no stage throws, such as a cancellation.
    package init?(cause: any Error) {
        switch cause {
        case let error as RunError: self = error
        case let error as InputError: self.init(error)
        case let error as WriteError: self.init(.cannotWrite, "\(error)")
        case let error as StateError: self.init(error)
        case let error as NightError: self.init(error)
        case let error as PublishError: self.init(error)
        case let error as FileError: self.init(.cannotOpenInput, "\(error)")
        case let error as SandboxError: self.init(error)
        case let error as WorkingJournalError: self.init(error)
        case let error as QueryError: self.init(.credentials, "\(error)")
        default: return nil
        }
    }

    package init(_ error: InputError) {
        switch error {
        case .cannotOpen(let path, let reason): self.init(.cannotOpenInput, "cannot open \(path): \(reason)")
        case .unusable(let path, let reason): self.init(.unusableInput, "\(path) is unusable: \(reason)")
        case .givenTwice(let path, let other):
            self.init(.usage, "\(path) is the same file as \(other): give each input once")
        case .cannotSpool(let reason): self.init(.cannotWrite, "cannot write a temporary file: \(reason)")
        }
    }

    /// The same of a file that the run itself wrote in the output folder.
    init(inOutputFolder error: InputError) { self.init(.cannotWrite, RunError(error).message) }

    /// Of a file of a report, or of one that may be an input of it.
    init(reading path: String, _ error: FileError) {
        switch error {
        case .tooLarge: self.init(.unusableInput, "\(path) cannot be used: \(error)")
        default: self.init(.cannotOpenInput, "cannot open \(path): \(error)")
        }
    }

    package init(_ error: StateError) {
        switch error {
        case .inUse: self.init(.locked, "\(error)")
        case .cannotOpen, .unsettled: self.init(.cannotOpenInput, "\(error)")
        case .unusable, .refused, .former: self.init(.unusableInput, "\(error)")
        case .failed: self.init(.cannotWrite, "\(error)")
        case .contradiction: self.init(.internalCheck, "\(error)")
        }
    }

    init(_ error: NightError) {
        switch error {
        case .unusable: self.init(.unusableInput, "\(error)")
        case .copyInTheWay: self.init(.cannotWrite, "\(error)")
        case .failedCheck: self.init(.internalCheck, "\(error)")
        }
    }

    init(_ error: PublishError) {
        switch error {
        case .locked: self.init(.locked, "\(error)")
        case .cannotWrite: self.init(.cannotWrite, "\(error)")
        case .cannotSign: self.init(.internalCheck, "\(error)")
        }
    }

    package init(_ error: SandboxError) {
        switch error {
        case .cannotOpen: self.init(.cannotOpenInput, "\(error)")
        case .cannotRead, .badLine: self.init(.unusableInput, "\(error)")
        case .badFault, .hostNotLoopback: self.init(.usage, "\(error)")
        case .cannotListen: self.init(.cannotWrite, "\(error)")
        }
    }

    init(_ error: WorkingJournalError) {
        switch error {
        case .inUse(let path): self.init(.locked, "another run uses \(path)")
        default: self.init(.cannotWrite, "\(error)")
        }
    }
}
