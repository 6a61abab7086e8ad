import Files
import Memory
import Refunds

/// The identity of an output folder, wherever its volume is mounted, and the end of its chain.
package struct FolderMark: Equatable {
    /// A random number that the folder was given; it is in `.lock`.
    package let identity: String
    /// The SHA-256 of the manifest that was published last; nil for none.
    package let lastManifest: String?

    private static let none = "-"

    package var text: String { "\(identity) \(lastManifest ?? Self.none)" }

    package init(identity: String, lastManifest: String?) {
        self.identity = identity
        self.lastManifest = lastManifest
    }

    /// nil for a text that is not written so.
    package init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2 else { return nil }
        self.init(identity: parts[0], lastManifest: parts[1] == Self.none ? nil : parts[1])
    }
}

extension OutputFolder {
    private static let identityDigits = 32

    /// The folder's mark; gives it an identity if it has none. Only who holds its lock may ask.
    package func mark() throws(WriteError) -> FolderMark {
        let identity: String
        if let known = Self.identity(of: path) { identity = known } else { identity = try makeIdentity() }
        return FolderMark(identity: identity, lastManifest: ManifestChain.last(in: path)?.sha256)
    }

    /// The identity of a folder; nil if it has none.
    package static func identity(of folder: String) -> String? {
        guard let input = try? InputBytes(path: lockPath(in: folder)) else { return nil }
        let bytes = input.bytes
        guard bytes.count == identityDigits + 1, bytes.last == 0x0A,
            bytes.dropLast().allSatisfy({ UInt8(ascii: "!")...UInt8(ascii: "~") ~= $0 })
        else { return nil }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    private func makeIdentity() throws(WriteError) -> String {
        let identity = (0..<Self.identityDigits / 2).map { _ in UInt8.random(in: .min ... .max) }.hex
        try FileSystem.writing(Self.lockPath(in: path)) { () throws(SystemError) in
            try lock.truncate(to: 0)
            try lock.write(Array("\(identity)\n".utf8), at: 0)
            try lock.sync()
        }
        return identity
    }
}

extension ReportPlace {
    /// Whether the report of a day was published, by the contents of its output folder.
    ///
    /// It is published if its manifest is there. It is not only if the folder is the one in which it was to be published:
    /// one that is not mounted, was moved or comes from a backup says nothing.
    package func standing(asOf: CalendarDate) -> ReportStanding {
        if ManifestChain.link(folder, "\(asOf)")?.sha256 == manifestSHA256 { return .published }
        let chain = ManifestChain.published(in: folder)
        if chain.contains(manifestSHA256) { return .published }
        guard FileSystem.isFolder(folder, followsLinks: true) else { return unknown("is not there") }
        guard let mark = FolderMark(folderMark), OutputFolder.identity(of: folder) == mark.identity else {
            return unknown("is not the one that it was: it may be not mounted, moved or replaced")
        }
        if let last = mark.lastManifest, !chain.contains(last) {
            return unknown("has lost the report that was published before: it may be an older copy")
        }
        if FileSystem.exists("\(folder)/\(asOf)"), ManifestChain.link(folder, "\(asOf)") == nil {
            return unknown("has a report of that day whose manifest cannot be read")
        }
        return .notPublished
    }

    private func unknown(_ what: String) -> ReportStanding {
        .unknown(
            "\(folder) \(what): bring the folder back as it was, or tell what became of the report with "
                + "`refund-recon state settle`")
    }
}
