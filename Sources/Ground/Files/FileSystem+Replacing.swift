import CGlue
import Glibc

extension FileSystem {
    /// Exchanges two paths in one step; gives false where the file system cannot, as network file systems cannot.
    public typealias Exchange = @Sendable (_ first: String, _ second: String) throws(SystemError) -> Bool

    public static let exchange: Exchange = { (first, second) throws(SystemError) in
        let code = unsafe try withCPath(first) { (first) throws(SystemError) in
            unsafe try withCPath(second) { unsafe cglue_exchange_paths(first, $0) }
        }
        if code == 0 { return true }
        if [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) { return false }
        throw .last
    }

    /// Puts a folder in the place of another, and gives the path at which the other is now.
    ///
    /// Where paths can be exchanged, the other has the new one's former path. Where they cannot, it goes to `aside` first, and
    /// for a moment the place is empty; if the new one then cannot be put there, the other comes back.
    public static func put(
        _ new: String, inPlaceOf place: String, aside: String, exchange: Exchange = exchange
    ) throws(SystemError) -> String {
        if try exchange(new, place) { return new }
        try rename(place, to: aside)
        do throws(SystemError) { try rename(new, to: place) } catch {
            try? rename(aside, to: place)
            throw error
        }
        return aside
    }

    /// Puts content in the place of a file, so that whoever reads it finds it as it was, or whole as it is now. A symbolic link
    /// there is replaced, never written through.
    ///
    /// - Parameter isForAll: whether all may read it, whatever the umask is; if not, a file that is there keeps its permissions.
    public static func replace(_ path: String, with content: [UInt8], isForAll: Bool = false) throws(SystemError) {
        // In the same folder, since a rename does not leave its file system; the name is hidden, and nobody can have prepared it.
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let temporary = "\(folder(of: path))/.\(name(of: path)).\(digits)"
        let file = try File(temporary, to: .create)
        do throws(SystemError) {
            try file.write(content)
            if isForAll {
                try file.setPermissions(0o644)
            } else if let status = status(of: path), status.isRegular {
                try file.setPermissions(status.permissions)
            }
            try file.sync()
            try rename(temporary, to: path)
        } catch {
            removeIfThere(temporary)
            throw error
        }
    }

    /// Replaces a file, or writes to a pipe or device of that name. A symbolic link to a file is refused with ELOOP:
    /// whoever made it would have us overwrite any file.
    public static func write(_ content: [UInt8], to path: String) throws(SystemError) {
        if let target = status(of: path, followsLinks: true), !target.isRegular {
            return try File(path, to: .write).write(content)
        }
        if status(of: path)?.kind == .link { throw SystemError(code: ELOOP) }
        try replace(path, with: content)
    }
}
