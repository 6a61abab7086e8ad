import ArgumentParser
import Core
import Run

/// `state`: what the nights hand on to each other.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Shows, exports and trims a state store.",
        subcommands: [Show.self, Export.self, ForgetBefore.self])

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

        func run() throws { try Terminal.print(data: StateInspection(path: file).export(asOf)) }
    }

    /// `state forget-before`
    struct ForgetBefore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget-before",
            abstract: "Forgets the nights that no report of that day or later needs.",
            discussion:
                "The last night before the day is kept: the day's own report opens from it, and what is open is never forgotten."
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
