import Files
import Refunds

/// The files that the options of a run name.
package struct InputList: Sendable {
    /// The opened files, in the order in which they were given; those of a folder in the order of their names.
    package private(set) var files: [InputFile] = []
    /// The other contents of the folders.
    package private(set) var passedOver: [PassedOver] = []

    /// Opens the files. A folder means its regular files with names of inputs; links in it are not followed.
    ///
    /// - Parameter areReadAgain: whether the files may be read a second time.
    package init(_ paths: [String], areReadAgain: Bool = false) throws(InputError) {
        for path in paths {
            if path != "-", FileSystem.isFolder(path, followsLinks: true) {
                try open(folder: path, areReadAgain)
            } else {
                files.append(try InputFile(path: path, isReadAgain: areReadAgain))
            }
        }
    }

    /// A message about each folder that holds more than inputs, in one line.
    package static func notes(_ passedOver: [PassedOver]) -> [String] {
        var folders: [String] = []
        for entry in passedOver where !folders.contains(entry.folder) { folders.append(entry.folder) }
        return folders.map { folder in
            let entries = passedOver.filter { $0.folder == folder }
            let named = entries.prefix(mostNamed).map { "\($0.name) (\($0.why))" }.joined(separator: ", ")
            let more = entries.count > mostNamed ? " and \(entries.count - mostNamed) more" : ""
            return "\(folder): not read: \(named)\(more)"
        }
    }

    private static let mostNamed = 8

    private mutating func open(folder: String, _ areReadAgain: Bool) throws(InputError) {
        for _ in 1...Self.tries {
            let listing = try Listing(folder)
            guard !listing.inputs.isEmpty else {
                throw .cannotOpen(
                    path: folder, reason: "the folder has no .csv, .jsonl or .ndjson file (or .gz of one)")
            }
            var opened: [InputFile] = []
            do throws(InputError) {
                for input in listing.inputs {
                    opened.append(try InputFile(inFolder: folder, name: input.bytes, isReadAgain: areReadAgain))
                }
            } catch {
                // A log that was rotated since has another name now.
                if try Listing(folder).inputs.map(\.identity) != listing.inputs.map(\.identity) { continue }
                throw error
            }
            // Logs that are rotated meanwhile would be read twice, or not at all.
            if try Listing(folder).inputs.map(\.identity) == opened.map(\.identity) {
                files += opened
                passedOver += listing.others
                return
            }
        }
        throw .cannotOpen(path: folder, reason: "files are being added or renamed in it; run again when that is over")
    }

    private static let tries = 5
}

/// The contents of a folder.
private struct Listing {
    struct Input {
        let name: InputName
        let bytes: [UInt8]
        let identity: FileIdentity
    }

    /// In the order in which they are read.
    private(set) var inputs: [Input] = []
    private(set) var others: [PassedOver] = []

    init(_ path: String) throws(InputError) {
        do throws(SystemError) {
            let folder = try Folder(path: path)
            for bytes in try folder.names() { try add(bytes, path, folder) }
        } catch { throw .cannotOpen(path: path, reason: "\(error)") }
        inputs.sort { $0.name < $1.name }
    }

    private mutating func add(_ bytes: [UInt8], _ path: String, _ folder: Folder) throws(SystemError) {
        func passOver(_ why: String) {
            others.append(PassedOver(folder: path, name: String(readable: bytes), why: why))
        }
        let status: FileStatus
        do throws(SystemError) { status = try folder.status(of: bytes) } catch {
            if error.isMissing, InputName(bytes) == nil { return }
            throw error
        }
        switch status.kind {
        case .folder: passOver("a folder")
        case .link: passOver("a link")
        case .regular where bytes.first == UInt8(ascii: "."): passOver("hidden")
        case .regular:
            if let name = InputName(bytes) {
                inputs.append(Input(name: name, bytes: bytes, identity: status.identity))
            } else {
                passOver("another extension")
            }
        case .other: passOver("not a regular file")
        }
    }
}

extension InputList {
    /// Refuses a file that is given twice, by whatever names.
    package static func checkDistinct(_ files: [InputFile]) throws(InputError) {
        var paths: [FileIdentity: String] = [:]
        for file in files {
            if let other = paths.updateValue(file.path, forKey: file.identity) {
                throw .givenTwice(path: file.path, other: other)
            }
        }
    }
}
