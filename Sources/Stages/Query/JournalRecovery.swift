import Files
import JSON
import Memory
import Refunds

/// The lines that an earlier run left in its working journal.
///
/// Only a line with the right checksum is relied on. Whatever else the file holds is damage: it is passed over, where it
/// stands, and what it may have answered is asked again.
struct JournalRecovery {
    /// The last `ok` line of each question that has one.
    private(set) var answered: [RefundIdentity: LinePosition] = [:]
    /// Where the next line goes: after the last line that has an end.
    private(set) var end = 0
    /// Whether something follows there: a line that was torn when the run was killed.
    private(set) var isTorn = false
    private var damagedCount = 0
    private var firstDamaged = 0
    private var uncheckedCount = 0

    private static let largestLineByteCount = 8 * 1024 * 1024 + LineChecksum.byteCount
    private static let chunkByteCount = 1024 * 1024
    /// How every line begins.
    private static let beginning = Array(#"{"schema":1,"orderNo":"#.utf8)

    init(file: File, path: String, judge: AnswerJudge) throws(WorkingJournalError) {
        var buffer: [UInt8] = []
        var bufferStart = 0
        var reader = JSONReader()
        while true {
            let read: [UInt8]
            do {
                let offset = bufferStart + buffer.count
                // A device such as /dev/full gives bytes without an end; its size is none.
                let left = try file.status().byteCount - offset
                read = try file.read(upTo: max(min(left, Self.chunkByteCount), 0), at: offset)
            } catch { throw .cannotRead(path: path, errno: error.code) }
            if read.isEmpty { break }
            buffer += read
            let consumed = takeLines(of: buffer.span, at: bufferStart, &reader, judge)
            // Bytes that are too long for a line may still end in one.
            let kept = min(buffer.count - consumed, Self.largestLineByteCount)
            bufferStart += buffer.count - kept
            buffer.removeFirst(buffer.count - kept)
        }
        isTorn = !buffer.isEmpty
    }

    /// Messages for a person who watches.
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

    /// Reads every line of the bytes that has an end; gives how many bytes they have.
    private mutating func takeLines(
        of bytes: Span<UInt8>, at start: Int, _ reader: inout JSONReader, _ judge: AnswerJudge
    ) -> Int {
        var consumed = 0
        while let length = bytes.extracting(consumed...).firstIndex(of: 0x0A) {
            take(bytes.extracting(consumed..<consumed + length), at: start + consumed, &reader, judge)
            consumed += length + 1
            end = start + consumed
        }
        return consumed
    }

    /// Takes note of one line, or of the damage in its place.
    private mutating func take(
        _ line: Span<UInt8>, at offset: Int, _ reader: inout JSONReader, _ judge: AnswerJudge
    ) {
        if LineChecksum.contentCount(of: line) != nil { return take(whole: line, at: offset, &reader, judge) }
        if let object = reader.read(line).object, object["schema"]?.int == 1, object["checksum"] == nil {
            uncheckedCount += 1
            return
        }
        if damagedCount == 0 { firstDamaged = offset }
        damagedCount += 1
        // Zeros, a byte order mark or a torn line may come before a line that is whole.
        guard let start = Self.lastBeginning(in: line) else { return }
        let rest = line.extracting(start...)
        if LineChecksum.contentCount(of: rest) != nil { take(whole: rest, at: offset + start, &reader, judge) }
    }

    private static func lastBeginning(in line: Span<UInt8>) -> Int? {
        var start = line.count - beginning.count
        while start > 0 {
            if line[start] == beginning[0], line.extracting(start..<start + beginning.count).isSame(as: beginning.span)
            {
                return start
            }
            start -= 1
        }
        return nil
    }

    /// Takes the answer of a line whose checksum is right. One that would not be relied on is asked for again.
    private mutating func take(
        whole line: Span<UInt8>, at offset: Int, _ reader: inout JSONReader, _ judge: AnswerJudge
    ) {
        guard let object = reader.read(line).object, object["outcome"]?.string == "ok",
            let refundCode = text(object, "refundCode"), let body = object.given("body")
        else { return }
        let question = StatusQuestion(
            orderNo: text(object, "orderNo"), airlinePNR: text(object, "airlinePNR"),
            carrier: text(object, "carrier"), refundCode: refundCode)
        guard judge(body, question) == nil else { return }
        answered[question.key] = LinePosition(offset: offset, length: line.count)
    }

    private func text(_ object: JSONView, _ key: JSONKey) -> Text? { object.given(key)?.string.map { Text($0) } }
}
