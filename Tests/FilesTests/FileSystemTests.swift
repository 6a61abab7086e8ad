import Files
import Glibc
import Testing

@Suite struct FileSystemTests {
    // MARK: Replacing

    @Test func `a file is replaced whole and keeps its permissions`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("before", to: "f")
        try FileSystem.setPermissions(0o640, of: path)
        let before = try #require(FileSystem.status(of: path)?.identity)
        try FileSystem.replace(path, with: Array("after".utf8))
        #expect(try text(path) == "after")
        #expect(FileSystem.status(of: path)?.permissions == 0o640)
        #expect(FileSystem.status(of: path)?.identity != before)
        #expect(try FileSystem.names(in: folder.path) == ["f"])
        try FileSystem.replace(path, with: [], isForAll: true)
        #expect(FileSystem.status(of: path)?.permissions == 0o644)
    }

    @Test func `a file that cannot be replaced stays, and nothing is left beside it`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.makeFolder(folder.file("f"))
        _ = try folder.write("inside", to: "f/g")
        #expect(throws: SystemError.self) { try FileSystem.replace(folder.file("f"), with: [1]) }
        #expect(try FileSystem.names(in: folder.path) == ["f"])
        #expect(throws: SystemError(code: ENOENT)) { try FileSystem.replace(folder.file("none/f"), with: [1]) }
    }

    @Test func `a link is neither written through nor replaced by a command's output`() throws {
        let folder = try TemporaryFolder()
        let target = try folder.write("target", to: "t")
        #expect(symlink(target, folder.file("l")) == 0)
        #expect(throws: SystemError(code: ELOOP)) { try FileSystem.write([1], to: folder.file("l")) }
        #expect(try text(target) == "target")
        try FileSystem.write(Array("new".utf8), to: target)
        #expect(try text(target) == "new")
    }

    // MARK: Exchanging

    @Test func `two paths are exchanged in one step`() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try folder.write("1", to: "a"), try folder.write("2", to: "b"))
        let former = try FileSystem.put(first, inPlaceOf: second, aside: folder.file("aside"))
        #expect(try text(second) == "1")
        #expect(former == first)
        #expect(try text(former) == "2")
    }

    private static let cannotExchange: FileSystem.Exchange = { (_, _) throws(SystemError) in false }

    @Test func `where paths cannot be exchanged the former one goes aside`() throws {
        let folder = try TemporaryFolder()
        let (new, place) = (try folder.write("1", to: "a"), try folder.write("2", to: "b"))
        let former = try FileSystem.put(
            new, inPlaceOf: place, aside: folder.file("aside"), exchange: Self.cannotExchange)
        #expect(try text(place) == "1")
        #expect(former == folder.file("aside"))
        #expect(try text(former) == "2")
        #expect(!FileSystem.exists(new))
    }

    @Test func `what went aside comes back if the new one cannot be put there`() throws {
        let folder = try TemporaryFolder()
        let place = try folder.write("2", to: "b")
        #expect(throws: SystemError(code: ENOENT)) {
            try FileSystem.put(
                folder.file("none"), inPlaceOf: place, aside: folder.file("aside"), exchange: Self.cannotExchange)
        }
        #expect(try text(place) == "2")
        #expect(!FileSystem.exists(folder.file("aside")))
    }

    // MARK: Folders and paths

    @Test func `folders are made down to the last, and a file in the way is an error`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.makeFolders(folder.file("a//b/c"))
        try FileSystem.makeFolders(folder.file("a/b"))
        #expect(FileSystem.isFolder(folder.file("a/b/c")))
        _ = try folder.write("", to: "f")
        #expect(throws: SystemError.self) { try FileSystem.makeFolders(folder.file("f")) }
        #expect(throws: SystemError.self) { try FileSystem.makeFolders(folder.file("f/g")) }
    }

    @Test func `removing all follows no link`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.makeFolders(folder.file("a/b"))
        _ = try folder.write("kept", to: "kept")
        #expect(symlink(folder.path, folder.file("a/b/up")) == 0)
        FileSystem.removeAll(folder.file("a"))
        #expect(try FileSystem.names(in: folder.path) == ["kept"])
    }

    private static let paths = [
        ("f", ".", "f"), ("a/f", "a", "f"), ("/f", "/", "f"), ("/a/b/f", "/a/b", "f"), ("a/", "a", ""),
    ]

    @Test(arguments: paths)
    func `a path has a folder and a name`(path: String, folder: String, name: String) {
        #expect(FileSystem.folder(of: path) == folder)
        #expect(FileSystem.name(of: path) == name)
    }

    @Test func `names are listed in byte order, be they UTF-8 or not`() throws {
        let folder = try TemporaryFolder()
        for name in ["b", "a", ".h"] { _ = try folder.write("", to: name) }
        try #require(mkdir(Array("\(folder.path)/".utf8CString.dropLast()) + [-1, 0], 0o755) == 0)
        let names = try Folder(path: folder.path).names()
        #expect(names == [Array(".h".utf8), Array("a".utf8), Array("b".utf8), [0xFF]])
    }
}
