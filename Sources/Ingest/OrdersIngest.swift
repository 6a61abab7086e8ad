import Bytes
import Core
import JSON

/// The refund cases of the order files, in the order in which they were read.
public struct OrdersIngest: Sendable {
    public private(set) var cases: [RefundCase] = []
    public private(set) var rejects: [Reject] = []
    public private(set) var controls = Controls.Orders()
    /// By file, in the order in which they were given.
    public private(set) var figures: [InputFigures] = []
    /// Things a person may want to know, such as columns that were ignored.
    public private(set) var notes: [String] = []
    /// How many of the cases can be asked about, and how many cannot.
    public private(set) var queryable = 0
    public private(set) var notQueryable = 0
    /// Of the cases that nights before handed on, how many are carried forward, and how many came again tonight.
    public private(set) var carried = 0
    public private(set) var restated = 0

    /// The cases by `CaseKey.lookupHash`.
    public private(set) var index = HashIndex()
    /// The file of the carried cases; none has a negative number.
    private var carriedFile: Int32 = -1
    /// The names of the files, by which a conflict says where the other record stands.
    private var fileNames: [Int32: String] = [:]
    private let forAudit: Bool

    private init(forAudit: Bool) { self.forAudit = forAudit }

    /// Reads the files on at most `threads` tasks. `firstFile` is the number of the first of them among the run's inputs.
    ///
    /// Cases that nights before handed on count as read before all others. One whose record comes again tonight, and
    /// agrees, is tonight's.
    ///
    /// - Parameter forAudit: whether the cases are to keep what only the audit of rules asks for.
    public static func read(
        _ inputs: [InputBytes], firstFile: Int32, threads: Int, carried: CarriedRecords? = nil, forAudit: Bool = false
    ) async throws -> OrdersIngest {
        var ingest = OrdersIngest(forAudit: forAudit)
        if let carried { ingest.carry(carried) }
        for (offset, input) in inputs.enumerated() {
            let file = firstFile + Int32(offset)
            ingest.fileNames[file] = input.name
            ingest.figures.append(InputFigures())
            try await ingest.read(input, file, threads)
        }
        // A case that came again stands where its carried record stood.
        if ingest.restated > 0 { ingest.sortBySource() }
        // Rejects of conflicts are found out of the order of lines.
        ingest.rejects.sort { $0.source < $1.source }
        return ingest
    }

    // MARK: Reading

    private mutating func read(_ input: InputBytes, _ file: Int32, _ threads: Int) async throws {
        switch RecordFormat(input) {
        case .csv: try await readCSV(input, file, threads)
        case .jsonLines:
            var firstLine: Int32 = 0
            let parts = LineChunk.split(input.text)
            let forAudit = forAudit
            try await parallelMap(parts, width: threads) {
                Self.readJSON(input, file, $0, forAudit: forAudit)
            } consume: { batch in
                var batch = batch
                batch.partCount = parts.count
                try add(batch, input, firstLine)
                firstLine += batch.physicalLines
            }
        case nil:
            throw InputError.unusable(path: input.path, reason: "neither .csv nor .jsonl nor .ndjson (nor .gz of one)")
        }
    }

    private mutating func readCSV(_ input: InputBytes, _ file: Int32, _ threads: Int) async throws {
        let reader = try CSVFileReader<OrderField>(input, file) { columns in
            let hasKey = columns.has(.orderNo) || (columns.has(.airlinePNR) && columns.has(.carrier))
            let missing = [OrderField.currency, .originalTotalFareAmount, .requestedAt].filter { !columns.has($0) }
            return (hasKey ? [] : ["orderNo (or airlinePNR and carrier)"]) + missing.map(\.title)
        }
        let auditColumns = forAudit ? CSVColumns<AuditField>(amongUnknownOf: reader.columns) : nil
        let ignored = auditColumns?.unknown ?? reader.columns.unknown
        if !ignored.isEmpty { notes.append("\(input.name): ignored columns \(ignored.joined(separator: ", "))") }
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
            try add($0, input, $1)
        }
    }

    private static func readJSON(
        _ input: InputBytes, _ file: Int32, _ chunk: LineChunk, forAudit: Bool
    ) -> RecordBatch<RefundCase> {
        JSONLinesReader(text: input.text, file: file, names: OrderField.keys).read(chunk) {
            (object, decode, source) throws(RecordFault) -> RefundCase? in
            guard var refundCase = try refundCase(object, decode, source) else { return nil }
            if forAudit { refundCase.auditTerms = AuditTermsReader.terms(object, decode, refundCase) }
            return refundCase
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

    private mutating func add(
        _ batch: RecordBatch<RefundCase>, _ input: InputBytes, _ firstLine: Int32
    ) throws(Total.Overflow) {
        if cases.isEmpty {
            // The records of the first file, if the others of its parts are like this one.
            cases.reserveCapacity(batch.records.count * batch.partCount * 33 / 32)
            index.reserve(cases.capacity)
        }
        let place = figures.count - 1
        figures[place].records += batch.lines - batch.blank
        controls.lines += batch.lines
        controls.blank += batch.blank
        controls.rejected += batch.rejects.count
        rejects += batch.rejects.map { $0.shifted(by: firstLine) }
        controls.quotedOnly += batch.others
        // Records are wide: each is copied once, from where it stands to where it stays.
        try batch.records.withUnsafeBufferPointer { (records) throws(Total.Overflow) in
            for position in records.indices {
                if position + 8 < records.count { index.prefetchSlot(records[position + 8].lookupHash) }
                let record = records.place(of: position)
                if add(record, firstLine, UnsafeBufferPointer(rebasing: input.text[batch.places[position]])) {
                    try figures[place].sums.add(record.pointee.originalAmount, record.pointee.currency)
                }
            }
        }
    }

    private mutating func carry(_ records: CarriedRecords) {
        carriedFile = records.ordersFile
        fileNames[carriedFile] = "carried-orders.jsonl"
        for carried in records.cases {
            append(carried.record)
        }
        carried = records.cases.count
    }

    private mutating func append(_ refundCase: RefundCase) {
        index.insert(cases.count, refundCase.lookupHash)
        cases.append(refundCase)
        if refundCase.isQueryable { queryable += 1 } else { notQueryable += 1 }
    }

    private mutating func sortBySource() {
        cases.sort { $0.source < $1.source }
        index = HashIndex(capacity: cases.count)
        for place in cases.indices { index.insert(place, cases[place].lookupHash) }
    }

    /// The first record of a key is the case. A later one that agrees is dropped, one that does not is refused: false.
    ///
    /// - Parameters:
    ///   - record: its line is relative to the part that begins behind `firstLine`.
    ///   - raw: the record as it was read.
    private mutating func add(
        _ record: UnsafePointer<RefundCase>, _ firstLine: Int32, _ raw: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let key = record.pointee.key
        let source = record.pointee.source.shifted(by: firstLine)
        guard let first = index.find(key.lookupHash, { cases[$0].hasKey(key) }) else {
            append(record.pointee)
            cases[cases.count - 1].source = source
            controls.accepted += 1
            return true
        }
        var refundCase = record.pointee
        refundCase.source = source
        return addLater(refundCase, of: first, raw)
    }

    /// Adds a later record of the case that stands at `first`.
    private mutating func addLater(
        _ refundCase: RefundCase, of first: Int, _ raw: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if cases[first].agrees(with: refundCase) {
            if cases[first].source.file == carriedFile {
                var again = refundCase
                again.hasConflict = cases[first].hasConflict
                again.fillAuditTerms(from: cases[first])
                cases[first] = again
                carried -= 1
                restated += 1
                controls.accepted += 1
                return true
            }
            cases[first].droppedDuplicates += 1
            controls.duplicate += 1
            cases[first].fillAuditTerms(from: refundCase)
            return true
        }
        cases[first].hasConflict = true
        controls.rejected += 1
        let source = cases[first].source
        let place = "\(fileNames[source.file] ?? ""):\(source.line)"
        let fault = RecordFault(.conflictingOrder, "\(place) says something else of this refund")
        var batch = RecordBatch<RefundCase>()
        batch.reject(fault, refundCase.source, raw)
        rejects += batch.rejects
        return false
    }
}

extension RefundCase {
    /// Takes what it does not tell of the audit's fields from another record of the same refund.
    fileprivate mutating func fillAuditTerms(from other: RefundCase) {
        guard let terms = other.auditTerms else { return }
        auditTerms = auditTerms?.filled(from: terms) ?? terms
    }
}

extension SourceLine {
    func shifted(by lines: Int32) -> SourceLine { SourceLine(file: file, line: line + lines) }
}

extension Reject {
    func shifted(by lines: Int32) -> Reject {
        Reject(source: source.shifted(by: lines), code: code, message: message, raw: raw)
    }
}
