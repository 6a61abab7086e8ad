import Files
import Glibc
import JSON
import Memory
import Refunds

/// What an earlier run left in its working journal.
///
/// Only a line with the right checksum is relied on. Whatever else the file holds is damage: it is passed over, where it
/// stands, and what it may have answered is asked again.
struct JournalRecovery {
    /// The last `ok` line of each question that has one.
    private(set) var answered: [StatusQuestion.Key: LinePosition] = [:]
    /// Where the next line goes: after the last line that has an end.
    private(set) var end: Int64 = 0
    /// Whether something follows there: a line that was torn when the run was killed.
    private(set) var isTorn = false
    private var damagedCount = 0
    private var firstDamaged: Int64 = 0
    private var uncheckedCount = 0

    private static let largestLineByteCount = 8 * 1024 * 1024 + LineChecksum.byteCount
    private static let chunkByteCount = 1024 * 1024
    /// How every line begins.
    private static let beginning = Array(#"{"schema":1,"orderNo":"#.utf8)

    init(file: File, judge: AnswerJudge) throws(SystemError) {
        let size = Int64(try file.status().byteCount)
        var buffer: [UInt8] = []
        var bufferStart: Int64 = 0
        let document = JSONDocument()
        while true {
            let offset = bufferStart + Int64(buffer.count)
            let wanted = Int(min(size - offset, Int64(Self.chunkByteCount)))
            guard wanted > 0 else { break }
            let bytes = try file.read(upTo: wanted, at: Int(offset))
            if bytes.isEmpty { break }
            buffer += bytes
            let consumed = takeLines(buffer, at: bufferStart, document, judge)
            // Of what is too long for a line, a line may still be the end.
            let kept = min(buffer.count - consumed, Self.largestLineByteCount)
            bufferStart += Int64(buffer.count - kept)
            buffer.removeFirst(buffer.count - kept)
        }
        isTorn = !buffer.isEmpty
    }

    /// What a person should know who watches.
    func notes(path: String) -> [String] {
        var notes: [String] = []
        if isTorn { notes.append("\(path): a torn last line at byte \(end) was cut off") }
        if uncheckedCount > 0 {
            let lines = uncheckedCount == 1 ? "1 line has" : "\(uncheckedCount) lines have"
            notes.append("\(path): \(lines) no checksum, as in older versions; \(Self.consequence)")
        }
        return notes
    }

    /// That the disk may not be sound; nil where nothing says so.
    func warning(path: String) -> String? {
        guard damagedCount > 0 else { return nil }
        let places = damagedCount == 1 ? "one place," : "\(damagedCount) places, the first"
        return "\(path) is damaged in \(places) at byte \(firstDamaged); \(Self.consequence)"
    }

    private static let consequence = "what was answered there is asked again"

    /// Reads every line of the buffer that has an end; gives how many bytes they have.
    private mutating func takeLines(
        _ buffer: [UInt8], at start: Int64, _ document: JSONDocument, _ judge: AnswerJudge
    ) -> Int {
        buffer.withUnsafeBufferPointer { bytes in
            var consumed = 0
            while let line = Self.line(of: bytes, from: consumed) {
                take(line, at: start + Int64(consumed), document, judge)
                consumed += line.count + 1
                end = start + Int64(consumed)
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

    /// Takes note of one line, or of the damage in its place.
    private mutating func take(
        _ line: UnsafeBufferPointer<UInt8>, at offset: Int64, _ document: JSONDocument, _ judge: AnswerJudge
    ) {
        if LineChecksum.content(of: line) != nil {
            take(whole: line, at: offset, document, judge)
        } else if document.parse(line) == nil, case let root = document.root, root["schema"]?.int == 1,
            root["checksum"] == nil
        {
            uncheckedCount += 1
        } else {
            if damagedCount == 0 { firstDamaged = offset }
            damagedCount += 1
            // Zeros, a byte order mark or a torn line may come before a whole line.
            guard let start = Self.lastBeginning(in: line) else { return }
            let rest = UnsafeBufferPointer(rebasing: line[start...])
            if LineChecksum.content(of: rest) != nil {
                take(whole: rest, at: offset + Int64(start), document, judge)
            }
        }
    }

    private static func lastBeginning(in line: UnsafeBufferPointer<UInt8>) -> Int? {
        var start = line.count - beginning.count
        while start > 0 {
            if line[start] == beginning[0], line[start...].starts(with: beginning) { return start }
            start -= 1
        }
        return nil
    }

    /// Takes the answer of a line whose checksum is right. One that would not be relied on is asked for again.
    private mutating func take(
        whole line: UnsafeBufferPointer<UInt8>, at offset: Int64, _ document: JSONDocument, _ judge: AnswerJudge
    ) {
        guard document.parse(line) == nil, case let root = document.root, root["outcome"]?.string == "ok",
            let refundCode = root.given("refundCode")?.string, let body = root.given("body")
        else { return }
        let question = StatusQuestion(
            orderNo: root.given("orderNo")?.string.map { Text($0) },
            airlinePNR: root.given("airlinePNR")?.string.map { Text($0) },
            carrier: root.given("carrier")?.string.map { Text($0) }, refundCode: Text(refundCode))
        guard judge(body, question) == nil else { return }
        answered[question.key] = LinePosition(offset: offset, length: Int32(line.count))
    }
}
