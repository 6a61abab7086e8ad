import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Files

@Suite struct FileTests {
    @Test func `what is opened in each way is read and written as it says`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("one", to: "f")
        #expect(throws: SystemError(code: EEXIST)) { try File(path, to: .create) }
        try File(path, to: .append).write(Array("two".utf8))
        #expect(try text(path) == "onetwo")
        try File(path, to: .update).write(Array("ON".utf8), at: 0)
        #expect(try text(path) == "ONetwo")
        try File(path, to: .overwrite).write(Array("x".utf8))
        #expect(try text(path) == "x")
        #expect(throws: SystemError(code: ENOENT)) { try File(folder.file("none"), to: .write) }
        #expect(throws: SystemError(code: ENOENT)) { try File(path + "\0.txt", to: .read) }
    }

    @Test(arguments: [0, 1, 5, 6, 7])
    func `fewer bytes than asked for come at the end only`(count: Int) throws {
        let folder = try TemporaryFolder()
        let file = try File(try folder.write("sixish", to: "f"), to: .read)
        #expect(try file.read(upTo: count) == Array("sixish".utf8.prefix(count)))
        #expect(try file.read(upTo: count, at: 2) == Array("xish".utf8.prefix(count)))
        #expect(try file.read(upTo: 9, at: 6).isEmpty)
    }

    @Test func `a full disk is an error`() throws {
        #expect(throws: SystemError(code: ENOSPC)) { try File("/dev/full", to: .write).write([1, 2, 3]) }
        #expect(throws: SystemError(code: ENOSPC)) { try FileSystem.write([1], to: "/dev/full") }
    }

    /// The two ends of a pipe.
    private static func pipe() throws -> (reader: File, writer: File) {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        return (File(descriptor: ends[0]), File(descriptor: ends[1]))
    }

    /// The pipe takes a part at a time, and blocks or not; the reader gets all of it.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a write that the system does in parts writes all`(blocks: Bool) async throws {
        let (reader, writer) = try Self.pipe()
        if !blocks { try #require(fcntl(writer.descriptor, F_SETFL, O_NONBLOCK) == 0) }
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        async let read = onThread { try reader.read(upTo: bytes.count) }
        try await onThread { try writer.write(bytes) }
        #expect(try await read == bytes)
    }

    @Test(.timeLimit(.minutes(1))) func `a signal interrupts no reading`() async throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        // Without SA_RESTART, so that the system gives EINTR.
        try #require(sigaction(SIGUSR1, &action, nil) == 0)
        let (reader, writer) = try Self.pipe()
        let bytes = [UInt8](repeating: 7, count: 300_000)
        let thread = Mutex<pthread_t?>(nil)
        async let read = onThread {
            thread.withLock { $0 = pthread_self() }
            return try reader.read(upTo: bytes.count)
        }
        try await onThread {
            var sent = 0
            while sent < 50 {
                usleep(1000)
                if let thread = thread.withLock({ $0 }), pthread_kill(thread, SIGUSR1) == 0 { sent += 1 }
            }
            try writer.write(bytes)
        }
        #expect(try await read == bytes)
    }

    @Test func `a temporary file has no name and comes back as it was written`() throws {
        let folder = try TemporaryFolder()
        let file = try File.temporary(in: folder.path)
        #expect(try FileSystem.names(in: folder.path).isEmpty)
        try file.write(Array("spooled".utf8))
        #expect(try file.read(upTo: 100, at: 0) == Array("spooled".utf8))
        try file.rewind()
        #expect(try file.read(upTo: 3) == Array("spo".utf8))
    }

    @Test func `a lock keeps others out until it is given back`() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try File(folder.file("l"), to: .update), try File(folder.file("l"), to: .update))
        #expect(try first.lock())
        #expect(try !second.lock())
        first.unlock()
        #expect(try second.lock())
    }

    @Test func `a secret that others may read is refused`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("secret", to: "s")
        #expect(throws: SecretFileError.readableByOthers) { try SecretFile.read(path) }
        try FileSystem.setPermissions(0o600, of: path)
        #expect(try SecretFile.read(path) == Array("secret".utf8))
        #expect(throws: SecretFileError.cannotRead(code: ENOENT)) { try SecretFile.read(folder.file("none")) }
    }
}

/// Does what blocks on a thread of its own: the pool of the tasks has few.
private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "blocking").async { continuation.resume(with: Swift.Result { try body() }) }
    }
}
