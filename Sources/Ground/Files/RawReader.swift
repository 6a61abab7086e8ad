import Glibc

/// Reads the bytes of an input in order, as they were received.
struct RawReader {
    /// The result of a read.
    enum Step {
        case bytes(Int)
        /// A pipe has nothing at the moment.
        case notYet
        case end
    }

    private let file: InputFile
    private let descriptor: Int32
    /// How far a regular file, or a copy, is read; nil for a stream.
    private let byteCount: Int?
    private(set) var offset = 0

    /// How long a pipe is waited for before another task gets its turn.
    private static let waitMilliseconds: Int32 = 20

    init(_ file: InputFile) {
        self.file = file
        if let copy = file.copy, copy.byteCount > 0 {
            (descriptor, byteCount) = (copy.descriptor, copy.byteCount)
        } else {
            // A second reading goes as far as the first did.
            let byteCount = file.content?.byteCount ?? file.opened.byteCount
            (descriptor, self.byteCount) = (file.descriptor, file.isRegular ? byteCount : nil)
        }
    }

    /// The expected number of blocks in all, if the rest are like the first `blocksRead`.
    func expectedCount(_ blocksRead: Int) -> Int {
        guard let byteCount, offset > 0 else { return blocksRead }
        return (blocksRead * byteCount + offset - 1) / offset
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Step {
        let step =
            if let byteCount { try readRegular(into: buffer, byteCount) } else { try readStream(into: buffer) }
        if case .bytes(let count) = step { offset += count }
        return step
    }

    private func readRegular(
        into buffer: UnsafeMutableRawBufferPointer, _ byteCount: Int
    ) throws(InputError) -> Step {
        let wanted = min(buffer.count, byteCount - offset)
        if wanted == 0 { return .end }
        while true {
            let count = pread(descriptor, buffer.baseAddress, wanted, off_t(offset))
            if count > 0 { return .bytes(count) }
            if count == 0 { throw file.shrunk(to: offset) }
            if errno != EINTR { throw .cannotOpen(path: file.path, reason: "reading it failed: \(errnoText())") }
        }
    }

    private func readStream(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Step {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, Self.waitMilliseconds) <= 0 { return .notYet }
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count == 0 { return .end }
        if count < 0 {
            if errno == EINTR || errno == EAGAIN { return .notYet }
            throw .cannotOpen(path: file.path, reason: "reading it failed: \(errnoText())")
        }
        try file.copy?.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return .bytes(count)
    }
}
