import ArgumentParser
import Core
import Generate
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

    @Option(help: ArgumentHelp("How many refund cases.", valueName: "n"))
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
        if cases < 1 { throw ValidationError("--cases must be at least 1.") }
    }

    func run() throws {
        let files = file.isEmpty ? Set(GeneratedFile.allCases) : Set(file)
        let options = GeneratorOptions(seed: seed, cases: cases, profile: profile, asOf: asOf, files: files)
        let counts: [GeneratedCount]
        do throws(GenerateError) { counts = try generate(into: output, options: options) } catch {
            throw RunFailure(.cannotWrite, "\(error)")
        }
        for count in counts {
            try Terminal.print("\(output)/\(count.file.rawValue)  \(count.lines) lines, \(count.bytes) bytes")
        }
    }
}
