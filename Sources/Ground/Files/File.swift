import CGlue
import Glibc

/// An open file, which is closed with the last reference to it.
///
/// A signal interrupts none of its calls, and a pipe that has no room, or nothing to read, is waited for.
public final class File: Sendable {
    package let descriptor: Int32

    /// The purpose of opening a file.
    public enum Purpose: Sendable {
        /// To read it; a pipe that nobody writes to is waited for.
        case read
        /// To make it and write it; nothing may be there, not even a link.
        case create
        /// To write it from its beginning; the former content goes.
        case overwrite
        /// To write something that exists, such as a pipe; it is not made.
        case write
        /// To read it, and to write at its end; it is made if need be.
        case append
        /// To read and write it anywhere; it is made if need be.
        case update

        fileprivate var flags: Int32 {
            switch self {
            case .read: O_RDONLY | O_NOCTTY
            case .create: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
            case .overwrite: O_RDWR | O_CREAT | O_TRUNC
            case .write: O_WRONLY | O_NOCTTY
            case .append: O_RDWR | O_CREAT | O_APPEND
            case .update: O_RDWR | O_CREAT
            }
        }
    }

    /// Who may read a file that is made.
    public enum Readers: Sendable {
        case all
        case owner

        fileprivate var mode: mode_t { self == .all ? 0o644 : 0o600 }
    }

    /// - Parameters:
    ///   - followsLink: whether the path may be a symbolic link.
    ///   - readers: who may read a file that is made, within what the umask allows.
    public convenience init(
        _ path: String, to purpose: Purpose, followsLink: Bool = true, readers: Readers = .all
    ) throws(SystemError) {
        let flags = purpose.flags | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
        let descriptor = unsafe try withCPath(path) { (path) throws(SystemError) in
            try uninterrupted { unsafe Int(open(path, flags, readers.mode)) }
        }
        self.init(descriptor: Int32(descriptor))
    }

    /// Opens an input: a file, a pipe or a device, or standard input as `-`. A pipe that nobody writes to holds nobody up.
    convenience init(input path: String) throws(SystemError) {
        let descriptor = unsafe try withCPath(path) { (path) throws(SystemError) in
            try uninterrupted {
                unsafe path.pointee == 0x2D && path[1] == 0
                    ? Int(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0))
                    : Int(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY))
            }
        }
        self.init(descriptor: Int32(descriptor))
    }

    /// One of the files 0, 1 and 2 that a process has when it begins. Closing this reference does no harm.
    package convenience init(standard number: Int32) throws(SystemError) {
        self.init(descriptor: Int32(try uninterrupted { Int(fcntl(number, F_DUPFD_CLOEXEC, 0)) }))
    }

    /// Takes over a descriptor.
    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A file without a name, for this user alone, which goes when it is closed.
    ///
    /// - Parameter folder: where its content is kept; nil for `TMPDIR`, or `/tmp`.
    public static func temporary(in folder: String? = nil) throws(SystemError) -> File {
        var template = Array("\(folder ?? FileSystem.temporaryFolder)/.refund-recon-XXXXXX".utf8CString)
        // A name that nobody can have prepared: the file must not be there before.
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw .last }
        let file = File(descriptor: descriptor)
        guard unsafe unlink(template) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw .last }
        return file
    }

    // MARK: Reading

    /// The next bytes; fewer than asked for at the end only.
    public func read(upTo count: Int) throws(SystemError) -> [UInt8] {
        try [UInt8](capacity: count) { (output) throws(SystemError) in try fill(&output, at: nil) }
    }

    /// The bytes at a place; fewer than asked for at the end only.
    public func read(upTo count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        try [UInt8](capacity: count) { (output) throws(SystemError) in try fill(&output, at: offset) }
    }

    /// Reads until there is no room, or no more to read.
    private func fill(_ output: inout OutputSpan<UInt8>, at offset: Int?) throws(SystemError) {
        var place = offset
        while output.freeCapacity > 0 {
            let count: Int
            do throws(SystemError) { count = try readOnce(into: &output, at: place) } catch {
                guard error.code == EAGAIN else { throw error }
                try wait(for: POLLIN)
                continue
            }
            if count == 0 { return }
            place = place.map { $0 + count }
        }
    }

    /// Reads as much as comes at once; 0 at the end only.
    func readOnce(
        into output: inout OutputSpan<UInt8>, upTo limit: Int = .max, at offset: Int?
    ) throws(SystemError) -> Int {
        try unsafe output.withUnsafeMutableBufferPointer { (buffer, filled) throws(SystemError) in
            let free = unsafe buffer.baseAddress.map { unsafe $0 + filled }
            let room = min(buffer.count - filled, limit)
            let count = try uninterrupted {
                unsafe offset.map { unsafe pread(descriptor, free, room, $0) } ?? Glibc.read(descriptor, free, room)
            }
            filled += count
            return count
        }
    }

    /// Whether there is something to read, or an end, within a time.
    func hasInput(withinMilliseconds milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, milliseconds) > 0
    }

    private func wait(for events: Int32) throws(SystemError) {
        var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = try uninterrupted { unsafe Int(poll(&waiting, 1, -1)) }
    }

    // MARK: Writing

    /// Writes all bytes where the file is, or at its end.
    public func write(_ bytes: [UInt8]) throws(SystemError) { try write(bytes.span) }

    public func write(_ bytes: Span<UInt8>) throws(SystemError) { try write(bytes, at: nil) }

    /// Writes all bytes at a place.
    public func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) { try write(bytes.span, at: offset) }

    private func write(_ bytes: Span<UInt8>, at offset: Int?) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            do throws(SystemError) {
                let count = try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(SystemError) in
                    let rest = unsafe buffer.baseAddress.map { unsafe $0 + done }
                    return try uninterrupted {
                        unsafe offset.map { unsafe pwrite(descriptor, rest, buffer.count - done, $0 + done) }
                            ?? Glibc.write(descriptor, rest, buffer.count - done)
                    }
                }
                // No error, and nothing written: there is no room.
                if count == 0 { throw SystemError(code: ENOSPC) }
                done += count
            } catch {
                guard error.code == EAGAIN else { throw error }
                try wait(for: POLLOUT)
            }
        }
    }

    /// Returns when the content is on the disk.
    public func sync() throws(SystemError) { _ = try uninterrupted { Int(fsync(descriptor)) } }

    /// Asks the system to begin writing a part to the disk, without waiting for it. A hint: that it fails means nothing.
    public func startWriting(_ range: Range<Int>) {
        cglue_start_writing(descriptor, Int64(range.lowerBound), Int64(range.count))
    }

    /// Reports errors that a network file system shows only when a file is closed, such as a full disk.
    public func checkWritten() throws(SystemError) {
        let copy = try uninterrupted { Int(fcntl(descriptor, F_DUPFD_CLOEXEC, 0)) }
        if close(Int32(copy)) != 0 { throw .last }
    }

    /// Cuts the file off after a number of bytes.
    public func truncate(to byteCount: Int) throws(SystemError) {
        _ = try uninterrupted { Int(ftruncate(descriptor, byteCount)) }
    }

    /// Goes to the beginning, for the next reading or writing.
    public func rewind() throws(SystemError) { _ = try uninterrupted { Int(lseek(descriptor, 0, SEEK_SET)) } }

    // MARK: The file itself

    /// Whether the next byte that is read or written is the first one; false of a pipe.
    var isAtStart: Bool { lseek(descriptor, 0, SEEK_CUR) == 0 }

    public func status() throws(SystemError) -> FileStatus { try FileStatus(descriptor: descriptor) }

    public func setPermissions(_ permissions: UInt32) throws(SystemError) {
        guard fchmod(descriptor, permissions) == 0 else { throw .last }
    }

    /// Locks the file against others who ask; gives false if one of them has it. The lock goes with the process.
    public func lock() throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try uninterrupted { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }

    /// Gives the lock back at once, even while a process that was forked a moment ago holds the file too.
    public func unlock() { flock(descriptor, LOCK_UN) }
}
