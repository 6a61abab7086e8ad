import Synchronization

/// Gives an input's text block by block, in order, to as many tasks as ask for it. A block ends after a line end, unless a
/// line is longer than a block; the last one ends with the text. A leading byte order mark is dropped.
///
/// The bytes are hashed in the order in which they are given out. When the last one has been given, the file is looked at
/// again: one that became shorter or was written into is unusable; one that grew is read up to its length at opening, and an
/// unfinished last line is left out (FORMATS.md, "Files that change").
public final class BlockSource: Sendable {
    /// The answer to a request for a block.
    public enum Step: Sendable {
        case block(Block)
        /// A pipe has nothing at the moment, or another task is waiting for it: ask again.
        case notYet
        case end
    }

    public let file: InputFile
    private let state: Mutex<State>

    /// - Parameter keepsMark: whether a leading byte order mark stays where it is.
    public init(_ file: InputFile, keepsMark: Bool = false) {
        self.file = file
        state = Mutex(State(file, keepsMark: keepsMark))
    }

    /// The next block.
    public func step() throws(InputError) -> Step {
        if file.isRegular { return try state.withLock { (state) throws(InputError) in try state.step() } }
        // Nobody waits for a lock whose holder waits for a pipe.
        return try state.withLockIfAvailable { (state) throws(InputError) in try state.step() } ?? .notYet
    }

    /// The next block; nil at the end. Waits for a pipe without keeping other tasks from their turn.
    public func next() async throws -> Block? {
        while true {
            switch try step() {
            case .block(let block): return block
            case .end: return nil
            case .notYet: try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    /// Returns a block, or the rest of one: it comes first the next time.
    public func putBack(_ block: Block) {
        if !block.isEmpty { state.withLock { $0.putBack.append(block) } }
    }

    /// The index of the block that comes next.
    var nextIndex: Int { state.withLock { $0.putBack.last?.index ?? $0.index } }

    /// Whether the last block given ends in a line that was left out, since the file grew while it was read.
    public var leavesLineUnfinished: Bool { state.withLock { $0.leavesLineUnfinished } }
}

/// How far a source has come. Its memory and streams belong to it alone.
private struct State {
    let file: InputFile
    var putBack: [Block] = []
    private(set) var leavesLineUnfinished = false

    private let keepsMark: Bool
    private var raw: RawReader
    private var gzip: GzipText?
    private var sum = SHA256Sum()
    /// The hash and the count at the last line end, where the last block ended within a line.
    private var atLineEnd: (sum: SHA256Sum, byteCount: Int)?
    /// How many bytes of plain text are hashed.
    private var hashedByteCount = 0
    private var textByteCount = 0
    /// The next block, as far as it is filled: what follows the last line end comes first. nil before its first byte is asked for.
    private var filling: [UInt8]?
    /// How long the next block gets.
    private var capacity: Int
    private let blockBytes: Int
    private(set) var index = 0
    private var isAtEnd = false
    private var fault: InputError?

    init(_ file: InputFile, keepsMark: Bool) {
        self.file = file
        self.keepsMark = keepsMark
        blockBytes = max(file.blockBytes, 16)
        capacity = blockBytes
        raw = RawReader(file)
        gzip = file.isCompressed ? GzipText(path: file.path) : nil
    }

    mutating func step() throws(InputError) -> BlockSource.Step {
        if let block = putBack.popLast() { return .block(block) }
        if let fault { throw fault }
        do throws(InputError) { return try read() } catch {
            fault = error
            throw error
        }
    }

    private mutating func read() throws(InputError) -> BlockSource.Step {
        if isAtEnd { return .end }
        if filling == nil { file.beforeBlock?(index) }
        var memory = filling ?? []
        if filling == nil { memory.reserveCapacity(capacity) }
        filling = nil
        while memory.count < capacity {
            var step = RawReader.Step.notYet
            try memory.append(addingCapacity: capacity - memory.count) { (room) throws(InputError) in
                step = try fill(&room)
            }
            switch step {
            case .bytes: continue
            case .notYet:
                filling = memory
                return .notYet
            case .end:
                isAtEnd = true
                try finish(&memory)
                return memory.isEmpty ? .end : .block(take(memory))
            }
        }
        guard let end = Self.endOfLastLine(memory) else {
            if atLineEnd == nil { atLineEnd = (sum, hashedByteCount) }
            addToSum(memory.span)
            capacity = blockBytes
            return .block(take(memory))
        }
        atLineEnd = nil
        file.beforeBlock?(index + 1)
        var next: [UInt8] = []
        capacity = memory.count - end + blockBytes
        next.reserveCapacity(capacity)
        next += memory[end...]
        memory.removeSubrange(end...)
        addToSum(memory.span)
        filling = next
        return .block(take(memory))
    }

    private mutating func fill(_ room: inout OutputSpan<UInt8>) throws(InputError) -> RawReader.Step {
        if gzip == nil { return try raw.read(into: &room) }
        return try gzip?.read(into: &room, &raw, sum: &sum) ?? .end
    }

    /// Plain text is hashed as it is handed out; compressed bytes were hashed as they came.
    private mutating func addToSum(_ text: Span<UInt8>) {
        guard gzip == nil else { return }
        sum.add(text)
        hashedByteCount += text.count
    }

    /// Where the text after the last line end begins; nil if there is no line end.
    private static func endOfLastLine(_ memory: [UInt8]) -> Int? { memory.lastIndex(of: 0x0A).map { $0 + 1 } }

    private mutating func take(_ memory: [UInt8]) -> Block {
        let hasMark = !keepsMark && textByteCount == 0 && memory.starts(with: [0xEF, 0xBB, 0xBF])
        textByteCount += memory.count
        index += 1
        return Block(
            memory, (hasMark ? 3 : 0)..<memory.count, index: index - 1, expectedCount: raw.expectedCount(index))
    }

    /// All bytes have been read: leaves out an unfinished last line if the file has grown, and notes what was read.
    private mutating func finish(_ memory: inout [UInt8]) throws(InputError) {
        var unfinished = 0
        // The first reading has settled how far it goes.
        if file.isRegular, file.content == nil, try file.checkUnchanged() {
            let end = Self.endOfLastLine(memory) ?? 0
            let isOpen = memory.count > end || atLineEnd != nil
            if isOpen, gzip != nil {
                throw .unusable(path: file.path, reason: "it is still being written; run again when it is complete")
            }
            unfinished = memory.count - end
            memory.removeSubrange(end...)
            if end == 0, let atLineEnd {
                unfinished += hashedByteCount - atLineEnd.byteCount
                (sum, hashedByteCount) = atLineEnd
                leavesLineUnfinished = true
            }
        }
        addToSum(memory.span)
        try file.note(
            InputFile.Content(
                sha256: sum.hex, byteCount: gzip == nil ? hashedByteCount : raw.offset,
                textByteCount: textByteCount + memory.count, unfinishedByteCount: unfinished))
    }
}
