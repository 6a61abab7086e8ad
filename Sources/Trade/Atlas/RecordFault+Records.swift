import JSON
import Records
import Refunds

extension RecordFault: RecordFailure {
    public init(_ error: RecordError) {
        let code: RejectCode =
            switch error.reason {
            case .tooLong: .lineTooLong
            case .notUTF8: .badUTF8
            case .notCSV: .badCSV
            case .notJSON: .badJSON
            case .duplicateKey: .duplicateKey
            }
        self.init(code, error.message, field: error.field)
    }

    /// The fault of a JSON value that must be an object.
    init(notAnObject value: JSONView, in place: String) { self.init(RecordError(notAnObject: value, in: place)) }
}

extension [Reject] {
    /// Adds the records of a file that were refused.
    package mutating func append(_ refused: [RefusedRecord<RecordFault>], file: Int32) {
        for record in refused {
            append(
                shortening: Reject(
                    source: SourceLine(file: file, line: record.line), code: record.failure.code,
                    message: record.failure.message, raw: record.raw, field: record.failure.field,
                    orderNo: record.failure.orderNo))
        }
    }
}
