import Files
import Night

/// The inputs of a report that is made again, each in a file of its own whose bytes are those that were read.
struct RedoInputs: Sendable {
    /// Where each is now, in the order of the manifest; nil in the place of one that is not to be read.
    private(set) var paths: [String?] = []
    /// Why nothing is to be run: inputs with other content, in words.
    private(set) var differences: [String] = []

    /// The carried files of a report are in the report.
    private static let carriedRoles: Set = ["carriedOrders", "carriedWebhooks", "carriedAnswers"]

    /// Finds the inputs; what cannot be read where it lies is copied into a temporary folder. Throws `cannotOpenInput` with
    /// every input that is not found.
    init(_ stated: StatedReport, folder: String?, temporary: String) throws {
        let copies = "\(temporary)/inputs"
        try ReportRedo.makeFolder(copies)
        var finder = try InputFinder(folder: folder)
        var missing: [String] = []
        var used: Set<String> = []
        for (index, input) in stated.inputs.enumerated() {
            if Self.carriedRoles.contains(input.role) {
                paths.append(nil)
                continue
            }
            switch try finder.find(input) {
            case .found(let path, let hasMore):
                let isAsItWas = !hasMore && InputFinder.lastPart(path) == InputFinder.lastPart(input.path)
                if isAsItWas, used.insert((FileSystem.realPath(path) ?? path)).inserted {
                    paths.append(path)
                } else {
                    paths.append(try Self.copy(path, input, to: "\(copies)/\(index)"))
                }
            case .otherContent(let path):
                paths.append(nil)
                differences.append(
                    """
                    input \(input.name): \(path) is not what was read, \(Self.sought(input)); if you have that elsewhere, \
                    give its folder with --inputs
                    """)
            case .missing:
                paths.append(nil)
                missing.append(
                    "\(input.role) \(input.path == "-" ? "(standard input)" : input.path): \(Self.sought(input))")
            }
        }
        if differences.isEmpty, !missing.isEmpty {
            throw RunError(
                .cannotOpenInput,
                "cannot find \(missing.joined(separator: "; ")): give the folder that has \(missing.count == 1 ? "it" : "them") with --inputs"
            )
        }
    }

    private static func sought(_ input: StatedReport.Input) -> String {
        "\(input.bytes) bytes with the SHA-256 \(input.sha256)"
    }

    /// The paths of one role.
    func paths(_ role: String, _ stated: StatedReport) -> [String] {
        zip(stated.inputs, paths).compactMap { $0.role == role ? $1 : nil }
    }

    /// The parameters of the run that makes the report again in a folder.
    func parameters(_ stated: StatedReport, folder: String, threads: Int) -> RunParameters {
        var parameters = stated.parameters
        parameters.threads = threads
        parameters.orders = paths("orders", stated)
        parameters.webhooks = paths("webhooks", stated)
        parameters.audits.feeSchedule = paths("feeSchedule", stated).first
        parameters.night.dispositions = paths("dispositions", stated)
        parameters.statusSource =
            stated.isLive
            ? .published(journal: "\(stated.folder)/\(StatedReport.journalName)", source: stated.statusSource)
            : .journals(paths("statusJournal", stated))
        for (input, path) in zip(stated.inputs, paths) {
            let place = path ?? "\(folder)/\(InputFinder.lastPart(input.path))"
            parameters.shownInputs[place] = ShownInput(path: input.path, name: input.name)
        }
        return parameters
    }

    // MARK: Copies

    /// Copies the bytes of an input into a folder of its own, under the end of its name.
    private static func copy(_ path: String, _ input: StatedReport.Input, to folder: String) throws -> String {
        try ReportRedo.makeFolder(folder)
        let source = try ReportRedo.file(path, followsLink: true)
        var left = input.bytes
        var block = try source.next(upTo: min(left, RegularFile.usualBlockBytes))
        let name = input.path == "-" ? standardInputName(block) : fileName(input)
        let file = try OutputFile(folder: folder, name: name)
        while !block.isEmpty {
            try Task.checkCancellation()
            try file.write(block)
            left -= block.count
            block = try source.next(upTo: min(left, RegularFile.usualBlockBytes))
        }
        return "\(folder)/\(name)"
    }

    /// The end of the name says how the file is read. It comes from the manifest, so it must not lead anywhere.
    private static func fileName(_ input: StatedReport.Input) -> String {
        "input-\(InputFinder.lastPart(input.path).suffix(60))"
    }

    /// Standard input is JSON Lines if its first character is `{`.
    private static func standardInputName(_ start: [UInt8]) -> String {
        let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
        return text.first { $0 != 0x20 && !(0x09...0x0D ~= $0) } == UInt8(ascii: "{")
            ? "standard-input.jsonl" : "standard-input.csv"
    }
}
