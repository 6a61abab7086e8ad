import Files
import Memory
import Refunds

/// A report that is in its place.
package struct Publication: Sendable {
    /// Its folder.
    package let folder: String
    /// Where the report is kept that it replaces; nil for the first of its day.
    package let former: String?
    /// Warnings, each in one line.
    package var warnings: [String] = []
}

/// How a report gets to its place, and the one before it out of it. At every step a run that is killed leaves names from
/// which the next run sees how far it came.
extension OutputFolder {
    /// Before a report takes the place of another it has this name; from the exchange on, the other has it.
    private static let replacedPrefix = ".replaced-"
    /// Where paths cannot be exchanged, the other has this name from when it leaves its place.
    private static let formerPrefix = ".former-"

    /// Puts the report in its place. One that is there is exchanged for it in one step, marked as superseded and kept as
    /// `<as-of>.<n>`. If it throws, nothing was published or changed.
    ///
    /// - Parameter sync: makes sure that the names in a folder are on the disk.
    package func publish(
        _ staging: String, _ asOf: CalendarDate,
        sync: (String) throws(WriteError) -> Void = { (folder) throws(WriteError) in
            try FileSystem.settleNames(in: folder)
        }
    ) throws(PublishError) -> Publication {
        let place = "\(path)/\(asOf)"
        try PublishError.writing { () throws(WriteError) in try sync(staging) }
        try checkLock()
        let former: String? = try PublishError.writing { () throws(WriteError) in
            if FileSystem.exists(place) { return try replace(asOf, by: staging) }
            try FileSystem.move(staging, to: place)
            return nil
        }
        var publication = Publication(folder: place, former: former)
        // The report is published; only whether it outlives a power failure is not known.
        do throws(WriteError) { try sync(path) } catch {
            publication.warnings.append(
                "the report is published, but a power failure may undo it: \(path) was not synced to disk "
                    + "(\(error))")
        }
        return publication
    }

    /// Gives where the former report is kept.
    private func replace(_ asOf: CalendarDate, by staging: String) throws(WriteError) -> String {
        let place = "\(path)/\(asOf)"
        let replaced = "\(path)/\(Self.replacedPrefix)\(asOf)"
        let aside = "\(path)/\(Self.formerPrefix)\(asOf)"
        try FileSystem.move(staging, to: replaced)
        let former: String
        do throws(WriteError) {
            former = try FileSystem.writing(place) { () throws(SystemError) in
                try FileSystem.put(replaced, inPlaceOf: place, aside: aside, exchange: exchange)
            }
        } catch {
            FileSystem.removeAll(replaced)
            throw error
        }
        do throws(WriteError) { return try keep(former, of: asOf) } catch {
            Superseded.removeMark(in: former)
            if isBack(former, place: place, replaced: replaced) { FileSystem.removeAll(replaced) }
            throw error
        }
    }

    /// Brings back the report that was there before; false if even that fails. Then the next run settles it.
    private func isBack(_ former: String, place: String, replaced: String) -> Bool {
        do throws(SystemError) {
            if former == replaced { return try exchange(replaced, place) }
            try FileSystem.rename(place, to: replaced)
            try FileSystem.rename(former, to: place)
            return true
        } catch { return false }
    }

    /// Marks the former report of a day as superseded by the one in its place and gives it the next free number.
    private func keep(_ former: String, of asOf: some CustomStringConvertible) throws(WriteError) -> String {
        let place = "\(path)/\(asOf)"
        if FileSystem.isFolder(former), let mark = Superseded(by: place) { try mark.write(in: former) }
        var number = 1
        while FileSystem.exists("\(place).\(number)") { number += 1 }
        try FileSystem.move(former, to: "\(place).\(number)")
        return "\(place).\(number)"
    }

    /// Settles the folders of a run that was killed around the exchange of two reports: a former report is kept, or put back
    /// where nothing took its place; a new one that was not published goes.
    func settleReplaced() throws(WriteError) {
        for name in FileSystem.readableNames(in: path) where name.hasPrefix(Self.formerPrefix) {
            let asOf = String(name.dropFirst(Self.formerPrefix.count))
            if FileSystem.exists("\(path)/\(asOf)") {
                _ = try keep("\(path)/\(name)", of: asOf)
            } else {
                try FileSystem.move("\(path)/\(name)", to: "\(path)/\(asOf)")
            }
        }
        for name in FileSystem.readableNames(in: path) where name.hasPrefix(Self.replacedPrefix) {
            let asOf = String(name.dropFirst(Self.replacedPrefix.count))
            if let left = ManifestChain.link(path, name), let published = ManifestChain.link(path, asOf),
                left.sequence > published.sequence
            {
                FileSystem.removeAll("\(path)/\(name)")
            } else {
                _ = try keep("\(path)/\(name)", of: asOf)
            }
        }
    }

    /// The as-of date in the name of a folder that holds a former report whose run was killed before it got its number;
    /// nil for any other name. The next run settles it; until then it is part of the chain.
    package static func asOf(ofUnsettled name: String, in output: String) -> String? {
        for prefix in [replacedPrefix, formerPrefix] where name.hasPrefix(prefix) {
            let asOf = String(name.dropFirst(prefix.count))
            guard let left = ManifestChain.link(output, name) else { return nil }
            guard let published = ManifestChain.link(output, asOf) else { return prefix == formerPrefix ? asOf : nil }
            return left.sequence < published.sequence ? asOf : nil
        }
        return nil
    }
}
