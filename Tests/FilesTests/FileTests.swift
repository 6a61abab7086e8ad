import Glibc
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

    /// The pipe takes a part at a time, and blocks or not; the reader gets all of it.
    @Test(arguments: [true, false])
    func `a write that the system does in parts writes all`(blocks: Bool) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (File(descriptor: ends[0]), File(descriptor: ends[1]))
        if !blocks { try #require(fcntl(writer.descriptor, F_SETFL, O_NONBLOCK) == 0) }
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        async let read = Task.detached { try reader.read(upTo: bytes.count) }.value
        try await Task.detached { try writer.write(bytes) }.value
        #expect(try await read == bytes)
    }

    @Test func `a signal interrupts neither reading nor writing`() async throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        // Without SA_RESTART, so that the system gives EINTR.
        try #require(sigaction(SIGUSR1, &action, nil) == 0)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (File(descriptor: ends[0]), File(descriptor: ends[1]))
        let bytes = [UInt8](repeating: 7, count: 300_000)
        let thread = Task.detached { () -> [UInt8] in
            let own = pthread_self()
            let interrupting = Task.detached {
                for _ in 0..<50 {
                    pthread_kill(own, SIGUSR1)
                    try? await Task.sleep(for: .milliseconds(1))
                }
                try writer.write(bytes)
            }
            let read = try reader.read(upTo: bytes.count)
            try await interrupting.value
            return read
        }
        #expect(try await thread.value == bytes)
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
