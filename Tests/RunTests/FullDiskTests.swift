import Glibc
import Testing

/// What a run does when the disk is full, or a file may not grow: exit 73, and what was there before is untouched.
@Suite struct FullDiskTests {
    /// Blocks of 512 bytes that a file may have: each limit stops the run in another file of the report.
    @Test(arguments: [1, 2, 3, 4, 6, 8, 10, 16, 32, 48]) func fileSizeLimit(blocks: Int) async throws {
        let folder = try TemporaryFolder()
        let output = folder / "out"
        let before = try await Command.run(Sample.Atlas.run(output))
        #expect(before.code == 0, "\(before.errorText)")
        let names = Files.names(output)
        let report = try Files.contents("\(output)/\(Sample.Atlas.asOf)")
        let finished = try await Command.shell(
            "ulimit -f \(blocks); exec \"$0\" \"$@\"", Sample.Atlas.run(output))
        #expect(finished.code == 73, "\(finished.errorText)")
        // The library that writes the workbook says its own before.
        #expect(finished.errorLines.last?.hasPrefix("refund-recon: ") == true)
        #expect(finished.errorText.contains("File too large"), "\(finished.errorText)")
        #expect(Files.names(output) == names)
        #expect(try Files.contents("\(output)/\(Sample.Atlas.asOf)") == report)
    }

    /// The answers of a live run are written too, before any report is.
    @Test func journalLimit() async throws {
        let folder = try TemporaryFolder()
        let finished = try await Command.shell(
            "ulimit -f 4; exec \"$0\" \"$@\"",
            ["run"] + Sample.Atlas.inputs + Sample.Atlas.sandbox + [
                "--as-of", Sample.Atlas.asOf, "--output", folder / "out", "--formats", "csv",
            ])
        #expect(finished.code == 73, "\(finished.errorText)")
        #expect(finished.errorText.contains("File too large"), "\(finished.errorText)")
        #expect(!Files.exists(folder / "out/\(Sample.Atlas.asOf)"))
    }

    /// Whether this process may mount a file system for a child alone.
    private static let mayMount = getuid() == 0 && access("/usr/bin/unshare", X_OK) == 0

    private static let disks: [(Int, String, String)] = [
        (28, "csv,jsonl", "No space left on device"), (36, "csv,jsonl", "No space left on device"),
        (44, "csv,jsonl", "No space left on device"), (96, "csv,xlsx", "bytes free"),
    ]

    /// A real full disk: a file system of a few pages, which nobody but the script sees and which goes with it.
    @Test(.enabled(if: mayMount), arguments: disks) func fullDisk(kibibytes: Int, formats: String, says: String)
        async throws
    {
        let folder = try TemporaryFolder()
        let script = """
            set -e
            mount -t tmpfs -o size=\(kibibytes)k none "$1"
            cd "$1"; shift
            "$0" "$@" --formats csv >/dev/null
            before=$(ls -A); code=0
            "$0" "$@" --formats \(formats) || code=$?
            test "$(ls -A)" = "$before" || code=98
            cd \(Sample.Atlas.asOf); sha256sum --quiet -c SHA256SUMS >&2 || code=99
            exit $code
            """
        try Files.makeFolder(folder / "disk")
        let finished = try await Command.shell(
            "script=$1; shift; exec /usr/bin/unshare -m /bin/sh -c \"$script\" \"$0\" \"$@\"",
            [script, folder / "disk"] + Sample.Atlas.run("."))
        #expect(finished.code == 73, "\(finished.errorText)")
        #expect(finished.errorText.contains(says), "\(finished.errorText)")
    }
}
