import Files

/// Finds the files that a report was made from: where its manifest says they were, beside that place (a log that was
/// rotated since), and in a folder that holds them or copies of them under any name.
struct InputFinder {
    enum Finding: Sendable {
        /// The file, whose first bytes are the input. A log that has grown since has more of them.
        case found(path: String, hasMore: Bool)
        /// Where the input was there is something else now.
        case otherContent(path: String)
        case missing
    }

    private struct Candidate {
        let path: String
        let bytes: Int
        var name: Substring { InputFinder.lastPart(path) }
    }

    private let inFolder: [Candidate]
    /// The SHA-256 of the first bytes of a file; nil for one that cannot be read.
    private var hashes: [String: String?] = [:]

    /// A folder of inputs has fewer files, and is less deep.
    private static let limit = 100_000
    private static let depthLimit = 32

    /// - Parameter folder: looked through with all folders in it; nil for none.
    init(folder: String?) throws {
        var candidates: [Candidate] = []
        if let folder {
            guard FileSystem.mayLookInto(folder) else {
                throw RunError(.cannotOpenInput, "cannot open the folder of inputs \(folder)")
            }
            try Self.look(through: folder, depth: Self.depthLimit, &candidates)
        }
        inFolder = candidates
    }

    private static func look(through folder: String, depth: Int, _ candidates: inout [Candidate]) throws {
        try Task.checkCancellation()
        for name in FileSystem.readableNames(in: folder) {
            let path = "\(folder)/\(name)"
            guard let status = FileSystem.status(of: path) else { continue }
            if status.isRegular {
                if candidates.count == limit {
                    throw RunError(
                        .cannotOpenInput,
                        "there are more than \(limit) files below the folder of inputs: name one nearer")
                }
                candidates.append(Candidate(path: path, bytes: status.byteCount))
            } else if status.isFolder, depth > 0 {
                try look(through: path, depth: depth - 1, &candidates)
            }
        }
    }

    mutating func find(_ input: StatedReport.Input) throws -> Finding {
        let name = Self.lastPart(input.path)
        let place = input.path == "-" ? nil : Self.candidate(input.path)
        if let place, try isInput(place, input) { return .found(path: place.path, hasMore: place.bytes > input.bytes) }
        let all = inFolder + (input.path == "-" ? [] : Self.beside(input.path))
        // A file of the right size is most likely; a longer one may be a log that has grown, and was rotated perhaps.
        let whole = all.filter { $0.bytes == input.bytes && $0.name == name }
        let renamed = all.filter { $0.bytes == input.bytes && $0.name != name }
        let grown = all.filter { $0.bytes > input.bytes && $0.name.hasPrefix(name) }
        for candidate in whole + renamed + grown where try isInput(candidate, input) {
            return .found(path: candidate.path, hasMore: candidate.bytes > input.bytes)
        }
        if let place { return .otherContent(path: place.path) }
        // Of several files of that name, as an archive has them, none need be the one.
        let named = inFolder.filter { $0.name == name }
        return named.count == 1 ? .otherContent(path: named[0].path) : .missing
    }

    private mutating func isInput(_ candidate: Candidate, _ input: StatedReport.Input) throws -> Bool {
        if candidate.bytes < input.bytes { return false }
        let key = "\(input.bytes) \(candidate.path)"
        if let known = hashes[key] { return known == input.sha256 }
        var hash: String?
        do {
            hash = try RegularFile(path: candidate.path, followsLink: true).hash(of: input.bytes)
        } catch is FileError {
            // A file that cannot be read is not the input.
        }
        hashes[key] = .some(hash)
        return hash == input.sha256
    }

    private static func candidate(_ path: String) -> Candidate? {
        guard let status = FileSystem.status(of: path, followsLinks: true), status.isRegular else { return nil }
        return Candidate(path: path, bytes: status.byteCount)
    }

    /// The files in the folder in which a file was.
    private static func beside(_ path: String) -> [Candidate] {
        let folder = path.contains("/") ? String(path.dropLast(lastPart(path).count + 1)) : "."
        return FileSystem.readableNames(in: folder.isEmpty ? "/" : folder).compactMap { name in
            let path = "\(folder)/\(name)"
            guard let status = FileSystem.status(of: path), status.isRegular else { return nil }
            return Candidate(path: path, bytes: status.byteCount)
        }
    }

    static func lastPart(_ path: String) -> Substring { path.split(separator: "/").last ?? Substring(path) }
}
