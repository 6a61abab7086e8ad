import Files
import Memory
import Refunds

/// The kind of business that the generated files show.
package enum Profile: String, Sendable, CaseIterable {
    /// One case an order, ordinary business: most cases match, and every variance, delay and failure has a small share.
    case clean
    /// Several cases an order, twins, redelivered and revised webhooks, cases keyed by PNR and carrier.
    case partial
    /// Everything once: every outcome, every exception code, rejects, captured calls. It needs at least
    /// `GeneratorOptions.smallestCompleteSample` cases for that.
    case sample
}

/// The files that can be generated; the raw values are their names.
package enum GeneratedFile: String, Sendable, CaseIterable {
    case orders = "orders.csv"
    /// Flat records and captured calls; the sample profile only.
    case orderLines = "orders.jsonl"
    case webhooks = "webhooks.jsonl"
    case statusJournal = "status-journal.jsonl"
    /// The sandbox's answers: one line for each order.
    case sandbox = "sandbox.jsonl"
}

/// Options of a generation. The same options give the same bytes on any machine, and leaving a file out does not change
/// the others.
package struct GeneratorOptions: Sendable {
    /// Where the pseudo-random sequence starts.
    package var seed: UInt64
    /// How many refund cases, at most `mostCases`; records that are to be refused or dropped come on top.
    package var cases: Int
    package var profile: Profile
    /// The day before the night of the run: no request is later, and dates that are past or to come are so on this day.
    package var asOf: CalendarDate
    /// Which files are written.
    package var files: Set<GeneratedFile>

    /// The most cases: their serial numbers have nine digits.
    package static let mostCases = 1_000_000_000
    /// The days that data can be made for, so that every date in it lies in the years 1 to 9999.
    package static let days =
        CalendarDate(daysSinceEpoch: -719_162 + 365)...CalendarDate(daysSinceEpoch: 2_932_896 - 730)

    /// The least number of cases with which a sample shows every outcome and every exception.
    package static let smallestCompleteSample = 100

    package init(
        seed: UInt64, cases: Int, profile: Profile, asOf: CalendarDate,
        files: Set<GeneratedFile> = Set(GeneratedFile.allCases)
    ) {
        self.seed = seed
        self.cases = cases
        self.profile = profile
        self.asOf = asOf
        self.files = files
    }
}

/// Why the files could not be generated.
package enum GenerateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number of cases is negative, or more than can be made.
    case badCaseCount(Int)
    /// The folder is not there and cannot be made.
    case cannotMakeFolder(path: String, SystemError)
    /// A file cannot be opened or written.
    case cannotWrite(path: String, SystemError)

    package var description: String {
        switch self {
        case .badCaseCount(let count): "cannot generate \(count) cases, only 0 to \(GeneratorOptions.mostCases)"
        case .cannotMakeFolder(let path, let error): "cannot make the folder \(path): \(error)"
        case .cannotWrite(let path, let error): "cannot write \(path): \(error)"
        }
    }
}

/// One file as it was written.
package struct GeneratedCount: Sendable, Equatable {
    package let file: GeneratedFile
    /// Lines, the CSV header included.
    package let lines: Int
    package let bytes: Int
}

/// Writes sample or benchmark inputs into a folder, which is made if it is not there; files of the same names are
/// replaced, others are left alone.
///
/// Orders are planned and written one after the other, so that memory stays flat at any size; webhooks and answers
/// are mixed within a bounded window, as they arrive out of order in life.
/// - Returns: the files written, in the order of `GeneratedFile`.
@discardableResult
package func generate(into folder: String, options: GeneratorOptions) throws(GenerateError) -> [GeneratedCount] {
    guard (0...GeneratorOptions.mostCases).contains(options.cases) else { throw .badCaseCount(options.cases) }
    do throws(SystemError) { try FileSystem.makeFolders(folder) } catch {
        throw .cannotMakeFolder(path: folder, error)
    }
    let generation = try Generation(folder: folder, options: options)
    try generation.run()
    return try generation.close()
}
