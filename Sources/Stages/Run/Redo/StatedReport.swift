import Files
import Ingest
import JSON
import Memory
import Publish
import Refunds
import Report

/// The manifest of a published report: everything needed to make the report again.
struct StatedReport: Sendable {
    /// One input as it was read.
    struct Input: Sendable {
        let role: String
        let path: String
        let name: String
        let sha256: String
        let bytes: Int
    }

    let folder: String
    let toolVersion: String
    let rulesVersion: Int
    let asOf: CalendarDate
    let started: Instant
    let host: String
    let user: String
    let statusSource: String
    let sequence: Int
    let previousSHA256: String?
    /// The report of the same day that it replaces.
    let replaces: ReportLink?
    let isSigned: Bool
    let inputs: [Input]
    /// The SHA-256 of each file of the report, by name.
    let outputs: [String: String]
    let usual: UsualPopulation
    /// The state store; nil where none was kept.
    let state: String?
    /// With a store, the night that it was opened from; nil on the first.
    let openedFrom: CalendarDate?
    let handsOn: [String: String]?
    /// The parameters of the run, except the places of its inputs.
    let parameters: RunParameters
    /// Each member of the manifest, as it is written.
    let members: [String: [UInt8]]

    private static let sizeLimit = 256 << 20

    /// Reads a report's manifest. Throws `cannotOpenInput`, or `unusableInput` if it is not as this version writes it.
    init(folder: String) throws(RunError) {
        let path = "\(folder)/\(Manifest.name)"
        let content: [UInt8]
        do throws(FileError) {
            content = try RegularFile(path: path, followsLink: false).rest(limit: Self.sizeLimit)
        } catch { throw RunError(reading: path, error) }
        var reader = JSONReader()
        guard content.span.isValidUTF8, let root = reader.read(content.span).acceptable else {
            throw RunError(.unusableInput, "\(path) is not JSON")
        }
        var members: [String: [UInt8]] = [:]
        var children = root.children
        while let child = children.next() { if let name = child.name { members[name] = [UInt8](child.raw) } }
        try self.init(folder, JSONTree(root), members: members)
    }

    private init(_ folder: String, _ root: JSONTree, members: [String: [UInt8]]) throws(RunError) {
        let manifest = StatedMember(root, "manifest.json of \(folder)")
        self.folder = folder
        toolVersion = try manifest.text("toolVersion")
        rulesVersion = try manifest.count("rulesVersion")
        asOf = try manifest.date("asOf")
        started = try manifest.instant("startedAt")
        host = try manifest.text("host")
        user = try manifest.text("user")
        statusSource = try manifest.text("statusSource")
        sequence = try manifest.count("sequence")
        previousSHA256 = root["previousManifestSHA256"]?.string
        replaces = try root["replaces"].flatMap { $0.isNull ? nil : $0 }.map { (link) throws(RunError) in
            let link = StatedMember(link, "replaces in manifest.json of \(folder)")
            return ReportLink(
                sequence: try link.count("sequence"), manifestSHA256: try link.text("manifestSHA256"))
        }
        isSigned = root["signingPublicKey"] != nil
        inputs = try manifest.list("inputs").map { (input) throws(RunError) in
            Input(
                role: try input.text("role"), path: try input.text("path"), name: try input.text("name"),
                sha256: try input.text("sha256"), bytes: try input.count("bytes"))
        }
        var outputs: [String: String] = [:]
        for output in try manifest.list("outputs") { outputs[try output.text("name")] = try output.text("sha256") }
        self.outputs = outputs
        usual = UsualPopulation(
            reports: try manifest.list("usualPopulation").map { (report) throws(RunError) in
                UsualPopulation.Report(
                    asOf: try report.date("asOf"), cases: try report.count("cases", in: UsualPopulation.cases))
            })
        let stated = try manifest.object("parameters")
        state = stated.value["state"]?.string
        openedFrom = root["openedFrom"]?.string.flatMap { CalendarDate($0) }
        handsOn = Manifest.handedOn(root)
        parameters = try stated.parameters(asOf)
        self.members = members
    }

    /// The numbers of the report's carried files.
    var carriedFileNumbers: CarriedFileNumbers {
        let given = inputs.count { $0.role == "orders" || $0.role == "webhooks" }
        return CarriedFileNumbers(orders: 0, webhooks: 1, answers: Int32(given) + 2)
    }

    /// Whether the report has the journal of a live run.
    var isLive: Bool { outputs[Self.journalName] != nil }

    static let journalName = "status-journal.jsonl"
}

/// An object of a manifest, and where it is.
struct StatedMember {
    let value: JSONTree
    let place: String

    init(_ value: JSONTree, _ place: String) {
        self.value = value
        self.place = place
    }

    func text(_ key: JSONKey) throws(RunError) -> String {
        guard let text = value[key]?.string else { throw missing(key, "a text") }
        return text
    }

    func count(_ key: JSONKey) throws(RunError) -> Int {
        guard let count = value[key]?.int, count >= 0 else { throw missing(key, "a number from 0 on") }
        return count
    }

    /// A number that is calculated with: none beyond what a run writes.
    func count(_ key: JSONKey, in range: ClosedRange<Int>) throws(RunError) -> Int {
        guard let count = value[key]?.int, range ~= count else {
            throw missing(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }

    func date(_ key: JSONKey) throws(RunError) -> CalendarDate {
        guard let date = CalendarDate(try text(key)) else { throw missing(key, "a date, yyyy-MM-dd") }
        return date
    }

    func instant(_ key: JSONKey) throws(RunError) -> Instant {
        guard let instant = Instant(Array(try text(key).utf8).span) else {
            throw missing(key, "a date-time")
        }
        return instant
    }

    func object(_ key: JSONKey) throws(RunError) -> StatedMember {
        guard let object = value[key], object.isObject else { throw missing(key, "an object") }
        return StatedMember(object, "\(key.name) in \(place)")
    }

    func list(_ key: JSONKey) throws(RunError) -> [StatedMember] {
        guard case .array(let elements)? = value[key] else { throw missing(key, "a list") }
        return elements.map { StatedMember($0, "\(key.name) in \(place)") }
    }

    /// Amounts by currency; none where the member is not there.
    func amounts(_ key: JSONKey) throws(RunError) -> [Currency: Amount] {
        guard let amounts = value[key] else { return [:] }
        var found: [Currency: Amount] = [:]
        for member in amounts.members {
            guard let currency = Currency(member.key), let text = member.value.string else {
                throw missing(key, "amounts by currency")
            }
            do throws(AmountFault) { found[currency] = try Amount.parse(text, currency) } catch {
                throw missing(key, "amounts by currency")
            }
        }
        return found
    }

    func missing(_ key: JSONKey, _ expected: String) -> RunError {
        RunError(
            .unusableInput, "\(key.name) in \(place) is not \(expected), as this version of refund-recon writes it")
    }
}
