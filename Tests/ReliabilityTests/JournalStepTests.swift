import Glibc
import Query
import Synchronization
import Testing

extension Reliability {
    /// Every step of asking and journalling, by name: the process is killed there, or the disk fails. The journal is whole, and
    /// the next run goes on from it.
    @Suite struct JournalStepTests {
        /// Which times of those that something happens are tried: the first, one in the middle and the last; all in a long test.
        private static func places(_ count: Int) -> [Int] {
            soakFactor > 1 ? Array(1...count) : Set([1, (count + 1) / 2, count]).sorted()
        }

        @Test func killedAtEveryStep() async throws {
            try await JournalNights.withNights { nights in
                let asked = nights.questionCount - 2
                try #require(asked >= 6)
                // Of a pause there is none in these nights; see TroubledNightTests.
                let kills = QueryStep.allCases.filter { $0 != .pauseBegun }.flatMap { step in
                    let isForEach = [.questionSent, .answerReceived, .lineAppended].contains(step)
                    return Self.places(isForEach ? asked : 1).map { (step: step, number: $0) }
                }
                try await onTwoTasks(kills) { kill in
                    let what = "\(kill.step)-\(kill.number)"
                    let output = try nights.makeOutput(what)
                    try await JournalNights.kill(nights.arguments(output), at: kill.step, kill.number)
                    let answers = try nights.answers(output, what)
                    #expect(answers.count >= 2 || kill.step == .journalRemoved, "\(what): an answer was lost")
                    let isPublished = File.exists("\(output)/\(Data.asOf)")
                    #expect(isPublished == Self.published.contains(kill.step), "\(what)")
                    try await nights.finish(output, keeping: answers, what)
                }
            }
        }

        /// Steps at which the report is in its place.
        private static let published: Set<QueryStep> = [.reportPublished, .copyRemoved, .journalRemoved]

        /// One way in which a call of the system fails.
        private struct Fault {
            let call: String
            /// Whether it is made on the copy that is to be published, else on the working journal.
            var isOnCopy = false
            let errors: [String]
        }

        /// The calls by which a step is done. Of sending and receiving there are none on the disk; that a report cannot be
        /// published is tested in StateFaultTests and RunTests.
        private static func faults(_ step: QueryStep) -> [Fault] {
            let writing = ["ENOSPC", "EROFS", "EIO"]
            return switch step {
            case .journalOpened: [Fault(call: "openat", errors: ["EROFS", "ENOSPC", "EACCES", "EIO"])]
            case .journalLocked: [Fault(call: "flock", errors: ["ENOLCK"])]
            case .journalRead: [Fault(call: "pread64", errors: ["EIO"])]
            case .tornLineCut: [Fault(call: "ftruncate", errors: ["EIO", "EROFS"])]
            case .lineAppended: [Fault(call: "pwrite64", errors: writing)]
            case .journalSynced: [Fault(call: "fsync", errors: writing)]
            case .copyWritten:
                [
                    Fault(call: "openat", isOnCopy: true, errors: writing),
                    Fault(call: "write", isOnCopy: true, errors: writing),
                ]
            case .copySynced: [Fault(call: "fsync", isOnCopy: true, errors: writing)]
            case .copyRead: [Fault(call: "pread64", isOnCopy: true, errors: ["EIO"])]
            case .copyRemoved: [Fault(call: "unlink", isOnCopy: true, errors: ["EROFS", "EIO"])]
            case .journalRemoved: [Fault(call: "unlink", errors: ["EROFS", "EIO"])]
            case .questionSent, .answerReceived, .pauseBegun, .reportPublished: []
            }
        }

        /// A call that fails at one place, or from there on.
        private struct Injection {
            let step: QueryStep
            let fault: Fault
            let error: String
            let place: String

            var name: String { "\(step)-\(fault.call)-\(error)-\(place)" }
        }

        @Test(.enabled(if: Tracer.isThere, "strace is not installed, or may not trace"))
        func diskFailsAtEveryStep() async throws {
            try await JournalNights.withNights { nights in
                var injections: [Injection] = []
                for step in QueryStep.allCases {
                    for fault in Self.faults(step) {
                        let count = try await count(fault, nights, "\(step)-\(fault.call)-count")
                        try #require(count > 0, "\(step) makes no \(fault.call)")
                        for error in fault.errors {
                            for place in Self.places(count) {
                                injections.append(Injection(step: step, fault: fault, error: error, place: "\(place)"))
                            }
                            injections.append(
                                Injection(step: step, fault: fault, error: error, place: "\((count + 1) / 2)+"))
                        }
                    }
                }
                let failed = Mutex(0)
                try await onTwoTasks(injections) { injection in
                    if try await fail(nights, injection) { failed.withLock { $0 += 1 } }
                }
                #expect(failed.withLock { $0 } * 10 > injections.count * 9, "hardly a call failed")
            }
        }

        private func path(_ fault: Fault, _ nights: JournalNights, _ output: String) -> String {
            "\(output)/\(nights.journalName)\(fault.isOnCopy ? ".sorted" : "")"
        }

        private func count(_ fault: Fault, _ nights: JournalNights, _ name: String) async throws -> Int {
            let output = try nights.makeOutput(name)
            let run = try await Tracer.run(
                nights.arguments(output), environment: ordinaryCredentials, calls: [fault.call],
                paths: [path(fault, nights, output)], log: "\(output)/log")
            try #require(run.exitCode == 0, "\(run.errorText)")
            return try Tracer.callCounts([fault.call], log: "\(output)/log")[fault.call] ?? 0
        }

        /// Gives whether the call failed: calls are counted by thread, and one may be made by another than at the counting.
        private func fail(_ nights: JournalNights, _ injection: Injection) async throws -> Bool {
            let (what, fault) = (injection.name, injection.fault)
            let output = try nights.makeOutput(what)
            let run = try await Tracer.run(
                nights.arguments(output), environment: ordinaryCredentials, calls: [fault.call],
                paths: [path(fault, nights, output)],
                injecting: "\(fault.call):error=\(injection.error):when=\(injection.place)", log: "\(output).log")
            // A lock that cannot be given up goes with its file, which is closed: nothing has failed.
            let hasFailed = try File.text("\(output).log").split(separator: "\n").contains {
                $0.contains("(INJECTED)") && !$0.contains("LOCK_UN")
            }
            let isPublished = File.exists("\(output)/\(Data.asOf)")
            let publishes = fault.call == "unlink" || !hasFailed
            #expect(run.exitCode == (publishes ? 0 : 73), "\(what): exit \(run.exitCode ?? -1), \(run.errorText)")
            #expect(isPublished == publishes, "\(what)")
            let lines = run.errorText.split(separator: "\n")
            // The note on the torn line, which is told when it is cut off and the night goes on.
            let messages = lines.filter { !$0.contains("a torn last line") }
            #expect(messages.count == (hasFailed ? 1 : 0), "\(what): \(run.errorText)")
            #expect(messages.allSatisfy { $0.contains(output) }, "\(what): \(run.errorText)")
            try await nights.finish(output, keeping: try nights.answers(output, what), what)
            return hasFailed
        }

        /// Real file systems: one that is full in the middle of asking, and one that cannot be written to.
        @Test(.enabled(if: getuid() == 0 && access("/usr/bin/unshare", X_OK) == 0))
        func fullAndReadOnlyDisk() async throws {
            try await JournalNights.withNights { nights in
                let output = try nights.makeOutput("disk")
                let script = """
                    set -eu
                    cp "$1/$2" "$1.torn"; journal=$2
                    mount -t tmpfs -o size=12k none "$1"
                    cp "$1.torn" "$1/$2"; output=$1; shift 2
                    code=0; "$0" "$@" || code=$?
                    test $code = 73 || exit 91
                    test ! -e "$output"/2* || exit 92
                    cp "$output/$journal" "$output.full"
                    mount -o remount,ro "$output"
                    code=0; "$0" "$@" || code=$?
                    test $code = 73 || exit 93
                    cmp "$output/$journal" "$output.full" || exit 94
                    mount -o remount,rw,size=1m "$output"
                    "$0" "$@"
                    cp -r "$output/." "$output.end"
                    """
                let run = try await CommandProcess(
                    "/usr/bin/unshare",
                    ["-m", "/bin/sh", "-c", script, Binary.path(), output, nights.journalName]
                        + nights.arguments(output),
                    environment: ordinaryCredentials.merging(["PATH": "/usr/bin:/bin"]) { $1 }
                ).finish(withinSeconds: 60)
                try #require(run.exitCode == 0, "exit \(run.exitCode ?? -1): \(run.errorText)")
                #expect(run.errorText.contains("No space left on device"), "\(run.errorText)")
                #expect(run.errorText.contains("Read-only file system"), "\(run.errorText)")
                let full = Journal(path: "\(output).full")
                let answers = try full.answers()
                #expect(answers.count > 2, "it was full before the first answer")
                #expect(try full.lines().allSatisfy { Journal.outcome($0) != nil })
                try nights.check("\(output).end", keeping: answers, "a full disk")
            }
        }

        /// Bits flipped anywhere in the journal of the night that was killed, or something before it: it ends as if nothing had
        /// happened, and says what it found.
        @Test func damagedJournal() async throws {
            try await JournalNights.withNights { nights in
                try await onTwoTasks(Array(0..<8 * soakFactor)) { seed in
                    let what = "damage-\(seed)"
                    let output = try nights.makeOutput(what)
                    let path = "\(output)/\(nights.journalName)"
                    var journal = try File.bytes(path)
                    var random = Seeded(seed: UInt64(seed))
                    // Without the end of the last line, it would be torn, which is no damage.
                    let end = try #require(journal.lastIndex(of: 0x0A)) - 1
                    for _ in 0..<Int.random(in: 1...6, using: &random) {
                        journal[Int.random(in: 0...end, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
                    }
                    let before: [[UInt8]] = [[], [0xEF, 0xBB, 0xBF], Array(repeating: 0, count: 512)]
                    try File.write(before[seed % before.count] + journal, to: path)
                    let run = try await Binary.run(nights.arguments(output), environment: ordinaryCredentials)
                    #expect(run.exitCode == 0, "\(what): \(run.errorText)")
                    #expect(
                        run.errorText.contains("what was answered there is asked again"), "\(what): \(run.errorText)")
                    try nights.check(output, keeping: [], what)
                }
            }
        }

        /// Does something with each of a list, two at a time. One that fails does not hide the others.
        private func onTwoTasks<Item: Sendable>(
            _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Void
        ) async throws {
            try #require(!items.isEmpty)
            await withTaskGroup(of: Void.self) { group in
                for (index, item) in items.enumerated() {
                    if index >= 2 { await group.next() }
                    group.addTask { do { try await work(item) } catch { Issue.record(error, "\(item)") } }
                }
            }
        }
    }
}
