import Files
import JSON
import Memory
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

    /// The cases by `RefundIdentity.lookupHash`.
    package internal(set) var index = HashIndex()
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
    /// The file of the carried cases; none has a negative number.
    var carriedFile: Int32 = -1
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
        let foreign = OrderDecoder<JSONRecordFields<OrderField>, FlatAmounts<JSONRecordFields<OrderField>>>
            .foreignRecord
        guard refused.count == records, refused.allSatisfy({ $0.message == foreign }) else { return }
        notes.append("\(input.name): none of its \(records) records has a field of an order: is it a webhook log?")
    }

    // MARK: Reading

    private mutating func read(_ input: InputFile, _ file: Int32, _ threads: Int) async throws {
        let source = BlockSource(input)
        switch try await RecordFormat(source) {
        case .csv: try await readCSV(source, file, threads)
        case .jsonLines:
            let forAudit = forAudit
            let parser = JSONLinesParser(file: file, names: OrderField.keys) {
                (object, _, decode, source) throws(RecordFault) -> RefundCase? in
                guard var refundCase = try Self.refundCase(object, decode, source) else { return nil }
                if forAudit { refundCase.auditTerms = AuditTermsReader.terms(object, decode, refundCase) }
                return refundCase
            }
            try await readRecords(of: source, with: parser, width: threads) { add($0, $1) }
        }
    }

    private mutating func readCSV(_ source: BlockSource, _ file: Int32, _ threads: Int) async throws {
        let reader = try await CSVFileReader<OrderField>(source, file) { columns in
            let hasKey = columns.has(.orderNo) || (columns.has(.airlinePNR) && columns.has(.carrier))
            let missing = [OrderField.currency, .originalTotalFareAmount, .requestedAt].filter { !columns.has($0) }
            return (hasKey ? [] : ["orderNo (or airlinePNR and carrier)"]) + missing.map(\.title)
        }
        let auditColumns = forAudit ? CSVColumns<AuditField>(amongUnknownOf: reader.columns) : nil
        let ignored = auditColumns?.unknown ?? reader.columns.unknown
        if !ignored.isEmpty { notes.append("\(source.file.name): ignored columns \(ignored.joined(separator: ", "))") }
        try await reader.read(threads: threads) { (fields, decode, source) throws(RecordFault) -> RefundCase? in
            let amounts = FlatAmounts(fields: fields, decode: decode)
            var refundCase = try OrderDecoder(fields: fields, amounts: amounts, decode: decode, source: source)
                .refundCase()
            if let auditColumns {
                refundCase.auditTerms = auditColumns.index.withUnsafeBufferPointer { index in
                    AuditTermsReader.terms(
                        CSVFields(record: fields.record, columns: index), requestedAt: fields[.requestedAt], decode,
                        refundCase)
                }
            }
            return refundCase
        } consume: {
            add($0, $1)
        }
    }

    /// The case of a flat record or a captured call; nil for a quotation.
    @inline(__always)
    private static func refundCase(
        _ object: JSONValue, _ decode: FieldDecoder, _ source: SourceLine
    ) throws(RecordFault) -> RefundCase? {
        if CapturedCallDecoder.isCapturedCall(object) {
            return try CapturedCallDecoder(object, decode, source: source).refundCase()
        }
        let fields = JSONRecordFields<OrderField>(object)
        let amounts = FlatAmounts(fields: fields, decode: decode)
        return try OrderDecoder(fields: fields, amounts: amounts, decode: decode, source: source).refundCase()
    }

    // MARK: Duplicates and conflicts

    private mutating func add(_ batch: RecordBatch<RefundCase>, _ firstLine: Int32) {
        if cases.isEmpty, let block = batch.block {
            // The records of the first file, if its other blocks are like this one.
            let expected = batch.records.count * block.expectedCount * 33 / 32
            index.reserve(expected)
            // Room for recalled records; unused room takes no memory.
            cases.reserveCapacity(mayBeRemembered == nil ? expected : expected * 5 / 4)
        }
        let place = figures.count - 1
        figures[place].records += batch.lines - batch.blank
        controls.lines += batch.lines
        controls.blank += batch.blank
        controls.rejected += batch.rejects.count
        rejects.append(batch.rejects, linesBefore: firstLine)
        controls.quotedOnly += batch.others
        batch.block?.withBytes { text in
            // Records are wide: each is copied once, from where it is to where it stays.
            batch.records.withUnsafeBufferPointer { records in
                for position in records.indices {
                    if position + 8 < records.count { index.prefetchSlot(records[position + 8].identity.lookupHash) }
                    let record = records.place(of: position)
                    if add(record, firstLine, UnsafeBufferPointer(rebasing: text[batch.places[position]])) {
                        figures[place].sums.add(record.pointee.originalAmount, record.pointee.currency)
                    }
                }
            }
        }
    }

    mutating func append(_ refundCase: RefundCase) {
        index.insert(cases.count, refundCase.identity.lookupHash)
        cases.append(refundCase)
        if refundCase.isQueryable { queryable += 1 } else { notQueryable += 1 }
    }

    /// The first record of a key is the case. A later one that agrees is dropped, one that does not is refused: false.
    ///
    /// - Parameters:
    ///   - record: its line is relative to the part that begins after `firstLine`.
    ///   - raw: the record as it was read.
    private mutating func add(
        _ record: UnsafePointer<RefundCase>, _ firstLine: Int32, _ raw: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let key = record.pointee.identity.lookupKey
        let source = record.pointee.source.shifted(by: firstLine)
        guard let first = index.find(key.lookupHash, { cases[$0].identity.isSameRefund(as: key) }) else {
            append(record.pointee)
            cases[cases.count - 1].source = source
            if mayBeRemembered?(record.pointee) == true {
                rawByCase[cases.count - 1] = Array(raw.prefix(Reject.largestRawBytes))
            }
            controls.accepted += 1
            return true
        }
        var refundCase = record.pointee
        refundCase.source = source
        let agrees = cases[first].agrees(with: refundCase)
        let raw = Array(raw.prefix(agrees ? 256 : Reject.largestRawBytes))
        let later = LaterRecord(first: first, record: refundCase, agrees: agrees, raw: raw)
        laterRecords.append(later)
        if agrees { drop(refundCase, as: first) } else { refuse(later, as: first) }
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
        rejects.append([reject], linesBefore: 0)
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
    /// Fills missing fields of the audit from another record of the same refund.
    mutating func fillAuditTerms(from other: RefundCase) {
        guard let terms = other.auditTerms else { return }
        auditTerms = auditTerms?.filled(from: terms) ?? terms
    }
}

extension SourceLine {
    func shifted(by lines: Int32) -> SourceLine { SourceLine(file: file, line: line + lines) }
}
