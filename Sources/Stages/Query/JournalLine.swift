import JSON
import Memory
import Refunds

/// A line of the journal (FORMATS.md, "Statuses: the query and its journal").
struct JournalLine {
    var question: StatusQuestion
    /// When the last attempt was made, or the question was given up.
    var queriedAt: Instant
    var attempts: Int
    var httpStatus: Int?
    /// nil for an `ok` line.
    var error: String?
    /// JSON on one line.
    var body: [UInt8]?
    /// Why the answer cannot be used, in words; the line has this key only where there is something to say.
    var errorDetail: String?

    /// The line's bytes, without a line end.
    func encoded() -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256 + (body?.count ?? 0))
        line.append(literal: #"{"schema":1,"orderNo":"#)
        append(question.identity.orderNo?.string, to: &line)
        line.append(literal: #","refundCode":"#)
        append(question.refundCode.string, to: &line)
        line.append(literal: #","airlinePNR":"#)
        append(question.identity.airlinePNR?.string, to: &line)
        line.append(literal: #","carrier":"#)
        append(question.identity.carrier?.string, to: &line)
        line.append(literal: #","queriedAt":""#)
        line.append(contentsOf: queriedAt.utcText.utf8)
        line.append(literal: #"","attempts":"#)
        line.append(decimal: attempts)
        line.append(literal: #","httpStatus":"#)
        if let httpStatus { line.append(decimal: httpStatus) } else { line.append(literal: "null") }
        line.append(contentsOf: (error == nil ? #","outcome":"ok","error":"# : #","outcome":"failed","error":"#).utf8)
        append(error, to: &line)
        line.append(literal: #","body":"#)
        if let body { line.append(contentsOf: body) } else { line.append(literal: "null") }
        if let errorDetail {
            line.append(literal: #","errorDetail":"#)
            append(errorDetail, to: &line)
        }
        line.append(UInt8(ascii: "}"))
        return line
    }

    private func append(_ text: String?, to line: inout [UInt8]) {
        if let text { line.append(jsonString: text) } else { line.append(literal: "null") }
    }
}

/// The place of a line in the working journal, in bytes, with its checksum and without its line end.
package struct LinePosition: Sendable, Equatable {
    package let offset: Int
    package let length: Int

    package init(offset: Int, length: Int) {
        self.offset = offset
        self.length = length
    }
}
