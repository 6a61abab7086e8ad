import Processes
import Testing

@Suite struct ProcessTests {
    private static let endings: [(String, ShellCommand.Ending)] = [
        ("exit 0", .exit(code: 0)), ("exit 7", .exit(code: 7)), ("kill -TERM $$", .signal(15)),
        ("test \"$(cat)\" = given", .exit(code: 0)), ("test \"$NAME\" = value", .exit(code: 0)),
        ("test -z \"$HOME\"", .exit(code: 0)),
    ]

    @Test(arguments: endings)
    func `a command gets its input and its environment, and its ending is known`(
        command: String, ending: ShellCommand.Ending
    ) async throws {
        let found = try await ShellCommand(command, limitSeconds: 60).run(
            input: "given", environment: ["NAME": "value"])
        #expect(found == ending)
    }

    @Test func `a command that takes too long is killed with all that it started`() async throws {
        let start = ContinuousClock.now
        let ending = try await ShellCommand("sleep 1000 & wait", limitSeconds: 0).run(input: "", environment: [:])
        #expect(ending == .killed)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `more open files than the system allows are refused with the number that is allowed`() throws {
        #expect(OpenFileLimit.shortfall(of: 3) == nil)
        #expect(try #require(OpenFileLimit.shortfall(of: .max)) >= 3)
    }

    @Test func `the machine, the user and the time are known`() {
        #expect(!Machine.hostName.isEmpty)
        #expect(!Machine.userName.isEmpty)
        #expect(Machine.processorCount >= 1)
        #expect(Machine.timeOfDay.seconds > 1_700_000_000)
        #expect(ProcessUsage().peakMemoryMebibytes > 0)
    }
}
