import Atlas
import Files
import Memory
import Records
import Refunds

/// The refund cases of the order files, in the order in which they were read.
package struct OrdersIngest: Sendable {
    package internal(set) var cases: [RefundCase] = []
    package internal(set) var rejects: [Reject] = []
    package internal(set) var controls = Controls.Orders()
    /// By file, in the order in which they were given.
    package internal(set) var figures: [InputFigures] = []
    /// Things a person may want to know, such as columns that were ignored.
    package private(set) var notes: [String] = []
    /// How many of the cases can be asked about, and how many cannot.
    package internal(set) var queryable = 0
    package internal(set) var notQueryable = 0
    /// How many of the cases have their first record from nights before.
    package internal(set) var carried = 0
    /// Keys that proved to be another key's refund: by the key that a night before may have known, the case's.
    package internal(set) var renamed: [RefundIdentity: RefundIdentity] = [:]

    /// The places of the cases.
    package internal(set) var index = CaseIndex()
    /// The sums of the records that were dropped as duplicates.
    var duplicateAmounts = CurrencySums()
    /// Records whose key a record before them has, with that case: until Atlas's answers are known, in which two keys may
    /// turn out to be one refund; and for the nights to come.
    package internal(set) var laterRecords: [LaterRecord] = []
    /// Of cases whose refund may be remembered from nights before, the beginning of the record as it came, by place: it is told if
    /// the record contradicts the remembered one.
    var rawByCase: [Int: [UInt8]] = [:]
    /// Cases whose first record came again on a night before, just as it is.
    package internal(set) var repeatedFirsts: Set<Int> = []
    /// The file of the carried cases; nil where there are none.
    var carriedFile: Int32?
    /// The names of the files, by which a conflict says where the other record is.
    var fileNames: [Int32: String] = [:]
    /// The number of the first file.
    let firstFile: Int32
    private let forAudit: Bool
    /// Whether nights before may have had a record of the refund; nil where nothing is remembered.
    let mayBeRemembered: (@Sendable (RefundCase) -> Bool)?

    private init(
        firstFile: Int32, forAudit: Bool, mayBeRemembered: (@Sendable (RefundCase) -> Bool)?
    ) {
        self.firstFile = firstFile
        self.forAudit = forAudit
        self.mayBeRemembered = mayBeRemembered
    }

    /// Reads the files on at most `threads` tasks. `firstFile` is the number of the first of them among the run's inputs.
    ///
    /// - Parameters:
    ///   - names: how the report names the files, by which a conflict says where the other record is.
    ///   - forAudit: whether the cases keep the fields for the audit of rules.
    ///   - mayBeRemembered: whether nights before may have had a record of a case's refund; nil where nothing is remembered.
    package static func read(
        _ inputs: [InputFile], names: [String]? = nil, firstFile: Int32, threads: Int, forAudit: Bool = false,
        mayBeRemembered: (@Sendable (RefundCase) -> Bool)? = nil
    ) async throws -> OrdersIngest {
        var ingest = OrdersIngest(firstFile: firstFile, forAudit: forAudit, mayBeRemembered: mayBeRemembered)
        for (offset, input) in inputs.enumerated() {
            let file = firstFile + Int32(offset)
            ingest.fileNames[file] = names?[offset] ?? input.name
            ingest.figures.append(InputFigures())
            try await ingest.read(input, file, threads)
            ingest.noteForeign(input, file)
        }
        if mayBeRemembered == nil, ingest.cases.allSatisfy({ $0.orderNo != nil }) { ingest.laterRecords = [] }
        // Rejects of conflicts are found out of the order of lines.
        ingest.rejects.sort { $0.source < $1.source }
        return ingest
    }

    /// Says so if not one record of a file has a field of an order: it is probably another kind of file.
    private mutating func noteForeign(_ input: InputFile, _ file: Int32) {
        guard let records = figures.last?.records, records > 0 else { return }
        let refused = rejects.reversed().prefix { $0.source.file == file }
        guard refused.count == records, refused.allSatisfy({ $0.message == OrderDecoder.foreignRecord }) else { return }
        notes.append("\(input.name): none of its \(records) records has a field of an order: is it a webhook log?")
    }

    private mutating func read(_ input: InputFile, _ file: Int32, _ threads: Int) async throws {
        let ignored = try await readRecords(
            of: input, format: try InputName.format(of: input), with: OrderRecords(file: file, forAudit: forAudit),
            threads: threads
        ) { batch in add(batch, from: file) }
        if !ignored.isEmpty { notes.append("\(input.name): ignored columns \(ignored.joined(separator: ", "))") }
    }

    // MARK: Duplicates and conflicts

    private mutating func add(_ batch: RecordBatch<RefundCase, RecordFault>, from file: Int32) {
        if cases.isEmpty {
            let expected = batch.expectedValueCount
            index.reserve(expected)
            // Room for recalled records; unused room takes no memory.
            cases.reserveCapacity(mayBeRemembered == nil ? expected : expected * 5 / 4)
        }
        let place = figures.count - 1
        figures[place].records += batch.recordCount
        controls.lines += batch.lineCount
        controls.blank += batch.blankCount
        controls.rejected += batch.refused.count
        controls.quotedOnly += batch.otherCount
        rejects.append(batch.refused, file: file)
        for position in batch.indices {
            let record = batch[position]
            let isKept = add(record) { batch.raw(of: position, upTo: $0) }
            if isKept { figures[place].sums.add(record.originalAmount, record.currency) }
        }
    }

    mutating func append(_ record: RefundCase) {
        index.insert(cases.count, for: record.identity)
        cases.append(record)
        if record.isQueryable { queryable += 1 } else { notQueryable += 1 }
    }

    /// The place of the case about a refund.
    func place(of identity: RefundIdentity) -> Int? { index.place(of: identity, in: cases) }

    /// The first record of a refund is the case. A later one that agrees is dropped, one that does not is refused: false.
    ///
    /// - Parameter raw: gives the beginning of the record as it came.
    private mutating func add(_ record: RefundCase, raw: (_ byteCount: Int) -> [UInt8]) -> Bool {
        guard let first = place(of: record.identity) else {
            append(record)
            if mayBeRemembered?(record) == true { rawByCase[cases.count - 1] = raw(Reject.largestRawBytes) }
            controls.accepted += 1
            return true
        }
        let agrees = cases[first].agrees(with: record)
        let later = LaterRecord(
            first: first, record: record, agrees: agrees, raw: raw(agrees ? 256 : Reject.largestRawBytes))
        laterRecords.append(later)
        if agrees { drop(record, as: first) } else { refuse(later, as: first) }
        return agrees
    }

    /// Drops a record that agrees with the case.
    mutating func drop(_ refundCase: RefundCase, as first: Int) {
        cases[first].droppedDuplicates += 1
        cases[first].fillAuditTerms(from: refundCase)
        controls.duplicate += 1
        duplicateAmounts.add(refundCase.originalAmount, refundCase.currency)
    }

    /// Refuses a record that contradicts the case.
    mutating func refuse(_ later: LaterRecord, as first: Int) {
        cases[first].hasConflict = true
        controls.rejected += 1
        let source = cases[first].source
        let place = "\(fileNames[source.file] ?? ""):\(source.line)"
        let reject = Reject(
            source: later.record.source, code: .conflictingOrder,
            message: "\(place) says something else of this refund", raw: later.raw,
            orderNo: later.record.orderNo?.string)
        rejects.append(shortening: reject)
    }
}

/// A record of a refund that a record before it is the case of.
package struct LaterRecord: Sendable {
    /// The case.
    package internal(set) var first: Int
    package let record: RefundCase
    /// Whether it agrees with the case and was dropped; else it was refused.
    package internal(set) var agrees: Bool
    /// Whether it came again on a night before, just as it is.
    package internal(set) var cameAgain = false
    /// The beginning of the record as it came.
    var raw: [UInt8]
}

extension RefundCase {
    /// Takes the audit's fields that it lacks from another record of the same refund.
    mutating func fillAuditTerms(from other: RefundCase) {
        guard let terms = other.auditTerms else { return }
        auditTerms = auditTerms?.filled(from: terms) ?? terms
    }
}
