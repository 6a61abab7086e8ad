import ArgumentParser
import Generate
import Memory
import Refunds
import Run

extension Profile: ExpressibleByArgument {}
extension GeneratedFile: ExpressibleByArgument {}

/// `generate`: sample and benchmark inputs.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Makes sample and benchmark inputs of any size, by seed: the same seed, the same bytes.")

    @Option(help: ArgumentHelp("What chance begins with.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How many refund cases, 1 to \(GeneratorOptions.mostCases).", valueName: "n"))
    var cases = 300

    @Option(
        help: ArgumentHelp(
            "sample shows every outcome and exception; clean and partial are ordinary business.", valueName: "name"))
    var profile: Profile = .sample

    @Option(help: ArgumentHelp("The day for which the data is made.", valueName: "yyyy-MM-dd"))
    var asOf: CalendarDate

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("Which files to write; all without it. Repeatable.", valueName: "name"))
    var file: [GeneratedFile] = []

    func validate() throws {
        if !(1...GeneratorOptions.mostCases).contains(cases) {
            throw ValidationError("--cases must be 1 to \(GeneratorOptions.mostCases).")
        }
        let days = GeneratorOptions.days
        if !days.contains(asOf) {
            throw ValidationError("--as-of must be \(days.lowerBound) to \(days.upperBound).")
        }
    }

    func run() throws {
        let files = file.isEmpty ? Set(GeneratedFile.allCases) : Set(file)
        let options = GeneratorOptions(seed: seed, cases: cases, profile: profile, asOf: asOf, files: files)
        let counts: [GeneratedCount]
        do throws(GenerateError) { counts = try generate(into: output, options: options) } catch {
            throw RunError(.cannotWrite, "\(error)")
        }
        for count in counts {
            try Terminal.print("\(output)/\(count.file.rawValue)  \(count.lines) lines, \(count.bytes) bytes")
        }
        if let line = runCommand(counts.map(\.file)) { Terminal.error("To reconcile it: \(line)") }
    }

    /// The `run` that reads the files; the folder as a whole cannot be given, since it holds inputs of every kind. Nil if
    /// orders or answers are not among them.
    private func runCommand(_ files: [GeneratedFile]) -> String? {
        let options: [(file: GeneratedFile, option: String)] = [
            (.orders, "--orders"), (.orderLines, "--orders"), (.webhooks, "--webhooks"),
            (
                files.contains(.statusJournal) ? .statusJournal : .sandbox,
                files.contains(.statusJournal) ? "--status-journal" : "--rate off --sandbox"
            ),
        ]
        let given = options.filter { files.contains($0.file) }
        guard given.contains(where: { $0.option == "--orders" }), given.last?.file == options.last?.file else {
            return nil
        }
        let inputs = given.map { "\($0.option) \(Self.quoted("\(output)/\($0.file.rawValue)"))" }
        return (["refund-recon run"] + inputs + ["--as-of \(asOf)"]).joined(separator: " ")
    }

    /// A word as a shell reads it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "/._-".utf8.contains($0)
        }
        return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
