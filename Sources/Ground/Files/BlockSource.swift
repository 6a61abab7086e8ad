import Crypto
import Glibc
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
    var leavesLineUnfinished: Bool { state.withLock { $0.leavesLineUnfinished } }
}

/// How far a source has come. Its memory and streams belong to it alone.
private struct State {
    let file: InputFile
    var putBack: [Block] = []
    private(set) var leavesLineUnfinished = false

    private let keepsMark: Bool
    private var raw: RawReader
    private var gzip: GzipText?
    private var hash = SHA256()
    /// The hash and the count at the last line end, where the last block ended within a line.
    private var atLineEnd: (hash: SHA256, byteCount: Int)?
    private var hashedByteCount = 0
    private var textByteCount = 0
    /// The next block, as far as it is filled: what follows the last line end comes first.
    private var filling: Block.Memory?
    private var filled = 0
    private(set) var index = 0
    private var isAtEnd = false
    private var fault: InputError?

    init(_ file: InputFile, keepsMark: Bool) {
        self.file = file
        self.keepsMark = keepsMark
        raw = RawReader(file)
        gzip = file.isCompressed ? GzipText(file) : nil
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
        let memory: Block.Memory
        if let filling {
            memory = filling
        } else {
            file.beforeBlock?(index)
            memory = Block.Memory(capacity: max(file.blockBytes, 16))
            filling = memory
        }
        while filled < memory.bytes.count {
            let room = UnsafeMutableBufferPointer(rebasing: memory.bytes[filled...])
            switch try fill(room) {
            case .bytes(let count): filled += count
            case .notYet: return .notYet
            case .end:
                isAtEnd = true
                try finish(memory)
                return filled > 0 ? .block(take(memory, filled)) : .end
            }
        }
        guard let end = lastLineEnd(memory) else {
            if atLineEnd == nil { atLineEnd = (hash, hashedByteCount) }
            addToHash(memory, filled)
            filling = nil
            let count = filled
            filled = 0
            return .block(take(memory, count))
        }
        atLineEnd = nil
        addToHash(memory, end)
        let rest = filled - end
        file.beforeBlock?(index + 1)
        let next = Block.Memory(capacity: rest + max(file.blockBytes, 16))
        _ = next.bytes.initialize(fromContentsOf: memory.bytes[end..<filled])
        (filling, filled) = (next, rest)
        return .block(take(memory, end))
    }

    private mutating func fill(_ room: UnsafeMutableBufferPointer<UInt8>) throws(InputError) -> RawReader.Step {
        guard let gzip else { return try raw.read(into: UnsafeMutableRawBufferPointer(room)) }
        return try gzip.fill(room, &raw, &hash, &hashedByteCount)
    }

    /// Plain text is hashed as it is handed out; compressed bytes were hashed as they came.
    private mutating func addToHash(_ memory: Block.Memory, _ count: Int) {
        guard gzip == nil else { return }
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory.bytes)[..<count]))
        hashedByteCount += count
    }

    /// Where the text after the last line end begins; nil if there is no line end.
    private func lastLineEnd(_ memory: Block.Memory) -> Int? {
        memory.bytes[..<filled].lastIndex(of: 0x0A).map { $0 + 1 }
    }

    private mutating func take(_ memory: Block.Memory, _ count: Int) -> Block {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let hasMark = !keepsMark && textByteCount == 0 && memory.bytes[..<count].starts(with: mark)
        textByteCount += count
        index += 1
        return Block(
            memory, (hasMark ? 3 : 0)..<count, index: index - 1, expectedCount: raw.expectedCount(index))
    }

    /// All bytes have been read: leaves out an unfinished last line if the file has grown, and notes what was read.
    private mutating func finish(_ memory: Block.Memory) throws(InputError) {
        var unfinished = 0
        // The first reading has settled how far it goes.
        if file.isRegular, file.content == nil, try file.checkUnchanged() {
            let end = lastLineEnd(memory) ?? 0
            let isOpen = filled > end || atLineEnd != nil
            if isOpen, gzip != nil {
                throw .unusable(path: file.path, reason: "it is still being written; run again when it is complete")
            }
            unfinished = filled - end
            filled = end
            if end == 0, let atLineEnd {
                unfinished += hashedByteCount - atLineEnd.byteCount
                (hash, hashedByteCount) = atLineEnd
                leavesLineUnfinished = true
            }
        }
        addToHash(memory, filled)
        let digest = hash.finalize().map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        try file.note(
            InputFile.Content(
                sha256: digest, byteCount: hashedByteCount, textByteCount: textByteCount + filled,
                unfinishedByteCount: unfinished))
    }
}

/// The text of a gzip input, decompressed as it is asked for.
private final class GzipText {
    private let file: InputFile
    private let inflater = Inflater()
    private let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
    /// The part of the chunk that is not decompressed yet.
    private var rest = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var isAtEnd = false

    init(_ file: InputFile) { self.file = file }

    deinit { chunk.deallocate() }

    func fill(
        _ room: UnsafeMutableBufferPointer<UInt8>, _ raw: inout RawReader, _ hash: inout SHA256, _ byteCount: inout Int
    ) throws(InputError) -> RawReader.Step {
        while true {
            do throws(Inflater.Fault) {
                let count = try inflater.inflate(&rest, into: room)
                if count > 0 { return .bytes(count) }
            } catch {
                let reason =
                    switch error {
                    case .damaged: "no valid gzip data"
                    case .textAfterTheData: "text after the gzip data"
                    }
                throw .unusable(path: file.path, reason: reason)
            }
            guard rest.isEmpty else { continue }
            if isAtEnd {
                if inflater.isComplete { return .end }
                throw .unusable(path: file.path, reason: "the gzip data ends too early")
            }
            switch try raw.read(into: UnsafeMutableRawBufferPointer(chunk)) {
            case .notYet: return .notYet
            case .end: isAtEnd = true
            case .bytes(let count):
                rest = UnsafeBufferPointer(rebasing: chunk[..<count])
                hash.update(bufferPointer: UnsafeRawBufferPointer(rest))
                byteCount += count
            }
        }
    }
}
