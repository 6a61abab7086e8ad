import Core
import Glibc
import JSON

/// What an earlier run left in its working journal.
struct JournalRecovery {
    /// The last `ok` line of each question that has one.
    private(set) var answered: [StatusQuestion.Key: LinePosition] = [:]
    /// Where the next line goes: behind the last whole one.
    private(set) var end: Int64 = 0
    /// What a person should know.
    private(set) var notes: [String] = []
    private var unreadableCount = 0
    /// Where the last line that was read begins, if it is unreadable.
    private var latestUnreadable: Int64?

    /// A line may have 8 MiB (FORMATS.md); more without a line end is no journal.
    static let largestLineByteCount = 8 * 1024 * 1024
    private static let chunkByteCount = 1024 * 1024
    /// How every file of ours begins.
    private static let beginning = Array(#"{"schema":1,"#.utf8)

    init(file: Int32, path: String, judge: AnswerJudge) throws(WorkingJournalError) {
        var buffer: [UInt8] = []
        var bufferStart: Int64 = 0
        let document = JSONDocument()
        while true {
            let offset = bufferStart + Int64(buffer.count)
            let count = try FileBytes.read(Self.chunkByteCount, from: file, at: offset, path: path, into: &buffer)
            guard count > 0 else { break }
            // Another file, given by mistake, must not be cut.
            guard offset > 0 || Self.isBeginning(buffer) else { throw .notAJournal(path: path) }
            let consumed = takeLines(buffer, at: bufferStart, document, judge)
            buffer.removeFirst(consumed)
            bufferStart += Int64(consumed)
            guard buffer.count <= Self.largestLineByteCount else { throw .notAJournal(path: path) }
        }
        end = bufferStart
        cutTornLine(isWhole: buffer.isEmpty, path: path)
        if unreadableCount > 0 { notes.append("\(path): \(unreadableCount) unreadable lines are passed over") }
    }

    /// A journal begins as ours do, as far as it goes; zeros are what a power failure may leave of one.
    private static func isBeginning(_ bytes: [UInt8]) -> Bool {
        let first = bytes.prefix(beginning.count)
        return beginning.starts(with: first) || first.allSatisfy { $0 == 0 }
    }

    /// Reads every whole line of the buffer; gives how many bytes they have.
    private mutating func takeLines(
        _ buffer: [UInt8], at start: Int64, _ document: JSONDocument, _ judge: AnswerJudge
    ) -> Int {
        buffer.withUnsafeBufferPointer { bytes in
            var consumed = 0
            while let line = Self.line(of: bytes, from: consumed) {
                let offset = start + Int64(consumed)
                let isReadable = take(line, at: offset, document, judge)
                latestUnreadable = isReadable ? nil : offset
                if !isReadable { unreadableCount += 1 }
                consumed += line.count + 1
            }
            return consumed
        }
    }

    /// The line that begins at an index, without its end; nil if its end is not there.
    private static func line(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> UnsafeBufferPointer<UInt8>? {
        guard start < bytes.count, let first = bytes.baseAddress.map({ $0 + start }),
            let newline = memchr(first, 0x0A, bytes.count - start)
        else { return nil }
        return UnsafeBufferPointer(start: first, count: UnsafeRawPointer(newline) - UnsafeRawPointer(first))
    }

    /// The last line is torn if it has no end, or is no JSON: it is cut off, so that the next one is not glued to it.
    private mutating func cutTornLine(isWhole: Bool, path: String) {
        if isWhole {
            guard let latestUnreadable else { return }
            end = latestUnreadable
            unreadableCount -= 1
        }
        notes.append("\(path): a torn last line at byte \(end) was cut off")
    }

    /// Takes note of one line; false if it is no line of a journal.
    private mutating func take(
        _ line: UnsafeBufferPointer<UInt8>, at offset: Int64, _ document: JSONDocument, _ judge: AnswerJudge
    ) -> Bool {
        guard line.count <= Self.largestLineByteCount, String(validating: line, as: UTF8.self) != nil,
            document.parse(line) == nil, case let root = document.root, root["schema"]?.int == 1,
            let refundCode = root.given("refundCode")?.string
        else { return false }
        let question = StatusQuestion(
            orderNo: root.given("orderNo")?.string.map { Text($0) },
            airlinePNR: root.given("airlinePNR")?.string.map { Text($0) },
            carrier: root.given("carrier")?.string.map { Text($0) }, refundCode: Text(refundCode))
        // An answer that would not be relied on is asked for again.
        if root["outcome"]?.string == "ok", let body = root.given("body"), judge(body, question) == nil {
            answered[question.key] = LinePosition(offset: offset, length: Int32(line.count))
        }
        return true
    }
}
