import Memory
import Refunds
import XLSX

/// A figure that the Controls sheet states, and holds against the rows.
enum ControlFigure: Hashable {
    case outcome(Outcome)
    case code(ExceptionCode)
    /// A total by its name in `Figure.all`.
    case total(String, Currency)
    case cases(Currency)
    case agedCases(CurrencyBucket)
    case agedAmount(CurrencyBucket)
}

/// A count, or a sum of amounts.
enum FigureValue: Equatable {
    case count(Int)
    case total(Total, Currency)

    /// Whether a cell holds it as a number, which formulas can add.
    var isNumber: Bool {
        switch self {
        case .count: true
        case .total(let total, _): total.isNumber
        }
    }

    /// As a cell that no formula computes.
    var cell: CellValue {
        switch self {
        case .count(let count): .count(count)
        case .total(let total, let currency): .total(total, currency)
        }
    }

    /// What a reader shows that does not compute.
    var cached: CellValue.CachedValue { cell.cached }

    var total: Total {
        switch self {
        case .count(let count): Total(minorUnits: Int128(count))
        case .total(let total, _): total
        }
    }
}

/// A figure of the Summary sheet, and how it follows from those of the Controls sheet.
struct SummaryFigure {
    enum Key: Hashable {
        case cases(Currency)
        /// A total in the table of currencies.
        case total(String, Currency)
        case outcome(Outcome)
        case allCases
        case code(ExceptionCode)
        /// A column of the walk from expected to final.
        case step(Int, Currency)
        case agedCases(CurrencyBucket)
        case agedAmount(CurrencyBucket)
        case carrierGross(CarrierCurrency)
        case carrierNet(CarrierCurrency)
    }

    /// A figure that is added, or taken away.
    struct Term {
        let isAdded: Bool
        let figure: ControlFigure

        static func plus(_ figure: ControlFigure) -> Term { Term(isAdded: true, figure: figure) }
        static func minus(_ figure: ControlFigure) -> Term { Term(isAdded: false, figure: figure) }
    }

    let key: Key
    let title: String
    let currency: Currency?
    let value: FigureValue
    /// None for a figure that the Controls sheet has nowhere else.
    let terms: [Term]
}

/// All figures of the Summary sheet, in its order. The Controls sheet states each of them once more; the Summary sheet shows
/// what is there, and the Controls sheet checks that it does.
struct SummaryFigures {
    /// The columns of the table of currencies: their titles, and their totals' names.
    static let currencyColumns: [(title: String, total: String)] = [
        ("Expected refund", "expectedRefund"), ("Final refund", "finalRefund"), ("Net variance", "refundVariance"),
        ("Gross variance", "grossVariance"), ("Refund short", "refundShort"), ("Refund over", "refundOver"),
        ("At risk", "atRisk"), ("In progress", "open"),
    ]
    private static let carrierLimit = 10

    private(set) var all: [SummaryFigure] = []
    private var places: [SummaryFigure.Key: Int] = [:]
    /// The carriers with the largest gross variance, by currency, the currency with the most cases first.
    let carriers: [(currency: Currency, largest: [(carrier: Text, sum: CarrierVariances.Sum)])]

    init(_ context: ReportContext, _ variances: CarrierVariances) {
        carriers = context.currenciesByCases
            .map { (currency: $0, largest: variances.largest(Self.carrierLimit, in: $0)) }
            .filter { !$0.largest.isEmpty }
        for currency in context.currencies { addTotals(context, currency) }
        addOutcomes(context)
        for currency in context.currencies { addBridge(context, currency) }
        for code in ExceptionCode.allCases {
            guard let count = context.summary.exceptions[code], count > 0 else { continue }
            add(.code(code), "Exceptions by code: \(code.rawValue)", nil, .count(count), [.plus(.code(code))])
        }
        for currency in context.currencies { addAges(context, currency) }
        for (currency, largest) in carriers {
            for (carrier, sum) in largest { addCarrier(CarrierCurrency(carrier: carrier, currency: currency), sum) }
        }
    }

    func place(_ key: SummaryFigure.Key) -> Int? { places[key] }

    private mutating func add(
        _ key: SummaryFigure.Key, _ title: String, _ currency: Currency?, _ value: FigureValue,
        _ terms: [SummaryFigure.Term]
    ) {
        places[key] = all.count
        all.append(SummaryFigure(key: key, title: title, currency: currency, value: value, terms: terms))
    }

    private mutating func addTotals(_ context: ReportContext, _ currency: Currency) {
        add(
            .cases(currency), "By currency: Cases", currency, .count(context.caseCount(currency)),
            [.plus(.cases(currency))])
        for column in Self.currencyColumns {
            guard let figure = Figure.all.first(where: { $0.name == column.total }) else { continue }
            add(
                .total(column.total, currency), "By currency: \(column.title)", currency,
                .total(context.totals(currency)[keyPath: figure.stored], currency),
                [.plus(.total(column.total, currency))])
        }
    }

    private mutating func addOutcomes(_ context: ReportContext) {
        for outcome in Outcome.allCases.reversed() {
            add(
                .outcome(outcome), "Outcomes: \(outcome.rawValue)", nil,
                .count(context.summary.cases[outcome, default: 0]), [.plus(.outcome(outcome))])
        }
        add(
            .allCases, "Outcomes: all", nil, .count(context.caseCount),
            Outcome.allCases.map { .plus(.outcome($0)) })
    }

    private mutating func addBridge(_ context: ReportContext, _ currency: Currency) {
        for (index, value) in Bridge(context.totals(currency)).values.enumerated() {
            add(
                .step(index, currency), "From expected to final: \(Bridge.names[index])", currency,
                .total(value, currency), Bridge.terms(ofColumn: index, currency))
        }
    }

    private mutating func addAges(_ context: ReportContext, _ currency: Currency) {
        for bucket in AgeBucket.allCases {
            let key = CurrencyBucket(currency: currency, bucket: bucket)
            guard let sums = context.summary.ageing[key] else { continue }
            let title = "By age: \(bucket.rawValue) days"
            add(.agedCases(key), title + ", cases", currency, .count(sums.cases), [.plus(.agedCases(key))])
            add(
                .agedAmount(key), title + ", expected refund", currency, .total(sums.expectedRefund, currency),
                [.plus(.agedAmount(key))])
        }
    }

    private mutating func addCarrier(_ key: CarrierCurrency, _ sum: CarrierVariances.Sum) {
        let name = key.carrier.isEmpty ? "no carrier" : VisibleText.clean(key.carrier.string, limit: 40)
        let currency = key.currency
        add(
            .carrierGross(key), "Carriers: \(name), gross variance", currency, .total(sum.gross, currency), []
        )
        add(.carrierNet(key), "Carriers: \(name), net variance", currency, .total(sum.net, currency), [])
    }
}

extension Bridge {
    /// How a column of the walk follows from the totals of a currency.
    static func terms(ofColumn index: Int, _ currency: Currency) -> [SummaryFigure.Term] {
        func total(_ name: String) -> ControlFigure { .total(name, currency) }
        let steps: [SummaryFigure.Term] = [
            .minus(total("open")), .minus(total("atRisk")), .plus(total("originalVariance")),
            .minus(total("penaltyVariance")), .minus(total("feeVariance")), .plus(total("unexplainedVariance")),
        ]
        switch index {
        case 0: return [.plus(total("expectedRefund"))]
        case names.count - 1: return [.plus(total("finalRefund"))]
        case names.count - 2:
            // What is left of the final refund after the walk so far.
            return [.plus(total("finalRefund")), .minus(total("expectedRefund"))]
                + steps.map { .init(isAdded: !$0.isAdded, figure: $0.figure) }
        default: return [steps[index - 1]]
        }
    }
}
