/// Reads the bytes of an input in order, as they were received.
struct RawReader {
    /// The result of a read.
    enum Step {
        case bytes(Int)
        /// A pipe has nothing at the moment.
        case notYet
        case end
    }

    private let input: InputFile
    private let file: File
    /// How far a regular file, or a copy, is read; nil for a stream.
    private let byteCount: Int?
    private(set) var offset = 0

    /// How long a pipe is waited for before another task gets its turn.
    private static let waitMilliseconds: Int32 = 20

    init(_ input: InputFile) {
        self.input = input
        if let copy = input.copy, copy.byteCount > 0 {
            (file, byteCount) = (copy.file, copy.byteCount)
        } else {
            // A second reading goes as far as the first did.
            let byteCount = input.content?.byteCount ?? input.opened.byteCount
            (file, self.byteCount) = (input.file, input.isRegular ? byteCount : nil)
        }
    }

    /// The expected number of blocks in all, if the rest are like the first `blocksRead`.
    func expectedCount(_ blocksRead: Int) -> Int {
        guard let byteCount, offset > 0 else { return blocksRead }
        return (blocksRead * byteCount + offset - 1) / offset
    }

    /// Reads into the room that an output has, and not beyond the length at which the file was opened.
    mutating func read(into output: inout OutputSpan<UInt8>) throws(InputError) -> Step {
        if byteCount == offset { return .end }
        if byteCount == nil, !file.hasInput(withinMilliseconds: Self.waitMilliseconds) { return .notYet }
        let start = output.count
        let count: Int
        do throws(SystemError) {
            count = try file.readOnce(
                into: &output, upTo: byteCount.map { $0 - offset } ?? .max, at: byteCount == nil ? nil : offset)
        } catch {
            throw .cannotOpen(path: input.path, reason: "reading it failed: \(error)")
        }
        if count == 0 {
            if byteCount != nil { throw input.shrunk(to: offset) }
            return .end
        }
        if byteCount == nil { try input.copy?.write(output.span.extracting(start...)) }
        offset += count
        return .bytes(count)
    }
}
