import ArgumentParser
import Memory
import Refunds
import Run

/// `state`: shows and looks after the store that nights share.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Shows, exports, checks and trims a state store.",
        subcommands: [Show.self, Export.self, Verify.self, Settle.self, ForgetBefore.self])

    /// `state show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the nights that are kept, and which of their reports are stale.")

        @Argument(help: ArgumentHelp("The state store.", valueName: "file"))
        var file: String

        func validate() throws { try StateFile.check(file, "state") }

        func run() throws { try Terminal.print(table: StateInspection(path: file).nightsTable()) }
    }

    /// `state export`
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what a night handed on, as JSON Lines.")

        @Argument(help: ArgumentHelp("The state store.", valueName: "file"))
        var file: String

        @Option(help: ArgumentHelp("Which night (default: the last).", valueName: "yyyy-MM-dd"))
        var asOf: CalendarDate?

        func validate() throws { try StateFile.check(file, "state") }

        func run() throws { try StateInspection(path: file).export(asOf) { try Terminal.print(data: $0) } }
    }

    /// `state verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks that all in the store is as it was written; exits 1 if anything differs.")

        @Argument(help: ArgumentHelp("The state store.", valueName: "file"))
        var file: String

        func validate() throws { try StateFile.check(file, "state") }

        func run() throws {
            let findings = try StateInspection(path: file).verify()
            for line in findings.good { try Terminal.print("ok  \(line)") }
            for line in findings.differences { try Terminal.print("differs  \(line)") }
            if !findings.differences.isEmpty { throw ExitCode(1) }
        }
    }

    /// `state settle`
    struct Settle: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Settles a night whose run was killed while it published.",
            discussion: """
                Every run does so by what the output folder holds. Where that folder is not there any more, or is another, \
                only a person knows what became of the report.
                """)

        @Argument(help: ArgumentHelp("The state store.", valueName: "file"))
        var file: String

        @Flag(help: "The report was published: the night counts.")
        var published = false

        @Flag(help: "The report was not published: the night is to be run again.")
        var notPublished = false

        func validate() throws {
            try StateFile.check(file, "state")
            if published, notPublished { throw ValidationError("--published and --not-published exclude each other.") }
        }

        func run() throws {
            let lines = try StateInspection(path: file)
                .settle(isPublished: published ? true : notPublished ? false : nil)
            for line in lines.isEmpty ? ["there is nothing to settle"] : lines { try Terminal.print(line) }
        }
    }

    /// `state forget-before`
    struct ForgetBefore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget-before",
            abstract: "Forgets the nights that no report of that day or later needs.",
            discussion:
                "The last night before the day is kept: the day's own report opens from it, and open items are never forgotten."
        )

        @Argument(help: ArgumentHelp("The state store.", valueName: "file"))
        var file: String

        @Argument(help: ArgumentHelp("The day.", valueName: "yyyy-MM-dd"))
        var day: CalendarDate

        func validate() throws { try StateFile.check(file, "state") }

        func run() throws {
            let count = try StateInspection(path: file).forget(before: day)
            try Terminal.print("\(count) \(count == 1 ? "night" : "nights") forgotten")
        }
    }
}
