import Files
import Glibc
import Memory
import Refunds

/// A report that is in its place.
struct Publication: Sendable {
    /// Its folder.
    let folder: String
    /// Where the report is kept that it replaces; nil for the first of its day.
    let former: String?
    /// What could not be made sure of, each in one line.
    var warnings: [String] = []
}

/// How a report gets to its place, and the one before it out of it. At every step a run that is killed leaves names from
/// which the next run sees how far it came.
extension OutputFolder {
    /// Before a report takes the place of another it has this name; from the exchange on, the other has it.
    private static let replacedPrefix = ".replaced-"
    /// Where paths cannot be exchanged, the other has this name from when it leaves its place.
    private static let formerPrefix = ".former-"

    /// Puts the report in its place. One that is there is exchanged for it in one step, marked as superseded and kept as
    /// `<as-of>.<n>`. Throws with nothing published and what was there before untouched.
    ///
    /// - Parameter sync: makes sure that the names in a folder are on the disk.
    func publish(
        _ staging: String, _ asOf: CalendarDate, sync: (String) throws(RunError) -> Void = OutputFolder.sync
    ) throws(RunError) -> Publication {
        let place = "\(path)/\(asOf)"
        try sync(staging)
        try checkLock()
        var former: String?
        if Self.exists(place) {
            former = try replace(asOf, by: staging)
        } else {
            try Self.rename(staging, to: place)
        }
        var publication = Publication(folder: place, former: former)
        // The report is published; only whether it outlives a power failure is not known.
        do throws(RunError) { try sync(path) } catch {
            publication.warnings.append(
                "the report is published, but a power failure may undo it: \(path) was not synced to disk "
                    + "(\(error.message))")
        }
        return publication
    }

    /// Gives where the former report is kept.
    private func replace(_ asOf: CalendarDate, by staging: String) throws(RunError) -> String {
        let place = "\(path)/\(asOf)"
        let replaced = "\(path)/\(Self.replacedPrefix)\(asOf)"
        let aside = "\(path)/\(Self.formerPrefix)\(asOf)"
        try Self.rename(staging, to: replaced)
        let former: String
        do throws(RunError) { former = try swap(replaced, place, aside) } catch {
            Self.remove(replaced)
            throw error
        }
        do throws(RunError) { return try keep(former, of: asOf) } catch {
            // Back to what was there before. If even that fails, the next run settles it.
            Superseded.removeMark(former)
            if former == aside {
                if Glibc.rename(place, replaced) == 0, Glibc.rename(aside, place) == 0 { Self.remove(replaced) }
            } else if exchange(replaced, place) == 0 {
                Self.remove(replaced)
            }
            throw error
        }
    }

    /// Puts the new report in the place of the former one; gives where that is now. Network file systems cannot exchange
    /// paths: there the place is empty for a moment.
    private func swap(_ new: String, _ place: String, _ aside: String) throws(RunError) -> String {
        let code = exchange(new, place)
        if code == 0 { return new }
        guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(code) else {
            throw RunError(.cannotWrite, "\(place): \(errnoText(code))")
        }
        try Self.rename(place, to: aside)
        do throws(RunError) { try Self.rename(new, to: place) } catch {
            _ = Glibc.rename(aside, place)
            throw error
        }
        return aside
    }

    /// Marks the former report of a day as superseded by the one in its place and gives it the next free number.
    private func keep(_ former: String, of asOf: some CustomStringConvertible) throws(RunError) -> String {
        let place = "\(path)/\(asOf)"
        if Self.isFolder(former), let mark = Superseded(by: place) { try mark.write(in: former) }
        var number = 1
        while Self.exists("\(place).\(number)") { number += 1 }
        try Self.rename(former, to: "\(place).\(number)")
        return "\(place).\(number)"
    }

    /// Settles what a run left that was killed around the exchange of two reports: a former report is kept, or put back
    /// where nothing took its place; a new one that was not published goes.
    func settleReplaced() throws(RunError) {
        for name in folderNames(path) where name.hasPrefix(Self.formerPrefix) {
            let asOf = String(name.dropFirst(Self.formerPrefix.count))
            if Self.exists("\(path)/\(asOf)") {
                _ = try keep("\(path)/\(name)", of: asOf)
            } else {
                try Self.rename("\(path)/\(name)", to: "\(path)/\(asOf)")
            }
        }
        for name in folderNames(path) where name.hasPrefix(Self.replacedPrefix) {
            let asOf = String(name.dropFirst(Self.replacedPrefix.count))
            if let left = ManifestChain.link(path, name), let published = ManifestChain.link(path, asOf),
                left.sequence > published.sequence
            {
                Self.remove("\(path)/\(name)")
            } else {
                _ = try keep("\(path)/\(name)", of: asOf)
            }
        }
    }

    /// The as-of date in the name of a folder that holds a former report whose run was killed before it got its number;
    /// nil for any other name. The next run settles it; until then it is part of the chain.
    static func asOf(ofUnsettled name: String, in output: String) -> String? {
        for prefix in [replacedPrefix, formerPrefix] where name.hasPrefix(prefix) {
            let asOf = String(name.dropFirst(prefix.count))
            guard let left = ManifestChain.link(output, name) else { return nil }
            guard let published = ManifestChain.link(output, asOf) else { return prefix == formerPrefix ? asOf : nil }
            return left.sequence < published.sequence ? asOf : nil
        }
        return nil
    }
}
