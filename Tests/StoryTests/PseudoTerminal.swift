import Foundation
import Glibc
import Testing

/// A terminal for a process under test, with what a person types waiting in it.
final class PseudoTerminal {
    /// The end that the process sees.
    let user: FileHandle
    private let master: Int32

    init(typed: String) throws {
        var (here, there): (Int32, Int32) = (-1, -1)
        try #require(openpty(&here, &there, nil, nil, nil) == 0)
        // The process must not inherit them as they are: reading ends when the last copy of its end is closed.
        for descriptor in [here, there] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        master = here
        user = FileHandle(fileDescriptor: there, closeOnDealloc: false)
        let bytes = Array(typed.utf8)
        try #require(write(master, bytes, bytes.count) == bytes.count)
    }

    deinit { close(master) }

    /// Everything that was shown, once the process has ended. The process's end must be closed first: then reading ends too.
    func shown() -> String {
        close(user.fileDescriptor)
        var shown: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(master, &buffer, buffer.count), count > 0 { shown += buffer[..<count] }
        return String(decoding: shown, as: UTF8.self)
    }
}
