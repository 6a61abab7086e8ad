/// One row of reconciliation.csv, read from its text. Nothing in it is trusted; an unreadable value is a fault.
struct ReportRow {
    enum RowType: String { case `case`, orphanWebhook, unrecordedRefund }

    let type: RowType?
    let refundCode: String
    let carrier: String
    let paymentMethod: String
    /// Empty where the row has none.
    let currency: String
    let finalCurrency: String
    let outcome: String
    /// In the row's order.
    let codes: [String]
    /// nil for no status.
    let status: Int?
    let statusSource: String
    let finalSource: String
    let ageDays: String
    let ageBucket: String
    let webhookCount: Int
    let source: String
    let webhookSource: String
    let querySource: String
    let queriedAt: String
    /// Original, penalty, fee and refund, in minor units; nil for no value.
    private(set) var expected: [Int128?] = []
    private(set) var final: [Int128?] = []
    private(set) var variances: [Int128?] = []
    private(set) var partVariances: [Int128?] = []
    private(set) var unexplained: Int128?
    /// Requested, promised confirmation and promised refund, in days; nil for no date.
    private(set) var dates: [Int?] = []
    /// The faults found while reading, each in a few words.
    var faults: [String] = []

    /// Whether a person has closed it: it is not carried any more.
    var isClosed = false

    var isCase: Bool { type == .case }
    /// Whether something is still to come: of a case its end, of an orphan its case.
    var isOutstanding: Bool { type == .orphanWebhook || ReportLists.outstanding.contains(outcome) }
    var hasFinal: Bool { !finalSource.isEmpty }

    /// - Parameter digits: the digits of each currency, as the rows before have them.
    init(_ csv: CSVStream, digits: inout CurrencyDigits) {
        func text(_ column: Column) -> String { csv.text(column.rawValue) }
        type = RowType(rawValue: text(.rowType))
        refundCode = text(.refundCode)
        carrier = text(.carrier)
        paymentMethod = text(.paymentMethod)
        currency = text(.currency)
        finalCurrency = text(.finalCurrency)
        outcome = text(.outcome)
        codes = csv.field(Column.exceptions.rawValue).split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
        )
        .map { String(decoding: $0, as: UTF8.self) }.filter { !$0.isEmpty }
        statusSource = text(.statusSource)
        finalSource = text(.finalSource)
        ageDays = text(.ageDays)
        ageBucket = text(.ageBucket)
        source = text(.source)
        webhookSource = text(.webhookSource)
        querySource = text(.querySource)
        queriedAt = text(.queriedAt)
        let statusText = text(.refundStatus)
        status = statusText.utf8.count == 1 ? Int(statusText).flatMap { 0...6 ~= $0 ? $0 : nil } : nil
        let countText = text(.webhookCount)
        let count = countText.utf8.count <= 12 ? Int(countText).flatMap { $0 >= 0 ? $0 : nil } : nil
        webhookCount = count ?? 0
        if type == nil { faults.append("rowType is \(text(.rowType))") }
        if status == nil, !statusText.isEmpty { faults.append("refundStatus is \(statusText)") }
        if count.map(String.init) != countText { faults.append("webhookCount is \(countText)") }
        for (name, code) in [("currency", currency), ("finalCurrency", finalCurrency)] where !Self.isCurrency(code) {
            faults.append("\(name) is \(code)")
        }
        expected = Column.expected.map { read($0, from: csv, currency: currency, digits: &digits) }
        final = Column.final.map { read($0, from: csv, currency: finalCurrency, digits: &digits) }
        variances = Column.variances.map { read($0, from: csv, currency: currency, digits: &digits) }
        partVariances = Column.partVariances.map { read($0, from: csv, currency: currency, digits: &digits) }
        unexplained = read(.unexplainedVariance, from: csv, currency: finalCurrency, digits: &digits)
        dates = Column.dates.map { readDate($0, from: csv) }
    }

    private static func isCurrency(_ code: String) -> Bool {
        code.isEmpty || (code.utf8.count == 3 && code.utf8.allSatisfy { (0x41...0x5A).contains($0) })
    }

    private mutating func read(
        _ column: Column, from csv: CSVStream, currency: String, digits: inout CurrencyDigits
    ) -> Int128? {
        let text = csv.field(column.rawValue)
        if text.isEmpty { return nil }
        guard let money = Money(text), money.minorUnits.magnitude <= Money.rowLimit.magnitude else {
            faults.append(
                "\(column.name) is \(String(decoding: text.prefix(40), as: UTF8.self)), which is not an amount")
            return nil
        }
        if currency.isEmpty {
            faults.append("\(column.name) has a value and the row has no currency for it")
        } else if !digits.allows(money.digits, of: currency) {
            faults.append("\(column.name) has another number of digits than other amounts in \(currency)")
        }
        return money.minorUnits
    }

    private mutating func readDate(_ column: Column, from csv: CSVStream) -> Int? {
        let text = csv.field(column.rawValue)
        if text.isEmpty { return nil }
        let day = Day.number(text)
        if day == nil {
            faults.append("\(column.name) is \(String(decoding: text.prefix(40), as: UTF8.self)), not a date")
        }
        return day
    }
}
