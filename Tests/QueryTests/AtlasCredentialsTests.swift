import AtlasClient
import Foundation
import Testing

@Suite("Credentials and base URL")
struct AtlasCredentialsTests {
    private static let text = "# Atlas\n\n ATLAS_CLIENT_ID = the-id \r\nOTHER=x\nATLAS_CLIENT_SECRET=s3=cret"

    private func texts(_ value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(reflecting: value), dumped]
    }

    @Test func nothingShowsThem() throws {
        let credentials = try AtlasCredentials(clientID: "the-id", clientSecret: "s3=cret")
        for text in texts(credentials) + texts([credentials]) + texts(Optional(credentials)) {
            #expect(!text.contains("the-id"), "\(text)")
            #expect(!text.contains("s3=cret"), "\(text)")
        }
        #expect(Mirror(reflecting: credentials).children.isEmpty)
    }

    @Test func fromAnEnvironment() throws {
        _ = try AtlasCredentials(environment: ["ATLAS_CLIENT_ID": "a", "ATLAS_CLIENT_SECRET": "b"])
        #expect(throws: AtlasCredentialsError.missing(name: "ATLAS_CLIENT_SECRET")) {
            try AtlasCredentials(environment: ["ATLAS_CLIENT_ID": "a", "ATLAS_CLIENT_SECRET": ""])
        }
        #expect(throws: AtlasCredentialsError.missing(name: "ATLAS_CLIENT_ID")) {
            try AtlasCredentials(environment: [:])
        }
    }

    @Test(arguments: ["s3cret\r\nX: y", "s3cret ", "s3crét", "s3cret\u{0}", String(repeating: "s3cret", count: 1000)])
    func whatNoHeaderCanHold(_ secret: String) throws {
        let error = #expect(throws: AtlasCredentialsError.self) {
            try AtlasCredentials(clientID: "a", clientSecret: secret)
        }
        #expect(error == .unusableValue(name: "ATLAS_CLIENT_SECRET"))
        for text in texts(try #require(error)) { #expect(!text.contains("s3cr")) }
    }

    @Test func fromAText() throws {
        _ = try AtlasCredentials(fileText: Self.text)
        #expect(throws: AtlasCredentialsError.missing(name: "ATLAS_CLIENT_ID")) {
            try AtlasCredentials(fileText: "#ATLAS_CLIENT_ID=a\nATLAS_CLIENT_SECRET=b")
        }
        #expect(throws: AtlasCredentialsError.givenTwice(name: "ATLAS_CLIENT_SECRET")) {
            try AtlasCredentials(fileText: Self.text + "\nATLAS_CLIENT_SECRET=other")
        }
    }

    @Test(arguments: [
        (0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o644, false), (0o660, false), (0o606, false),
    ])
    func fromAFileOfItsOwnersAlone(_ mode: Int, _ isAccepted: Bool) throws {
        let folder = try Folder()
        try folder.write(Self.text.utf8, "credentials")
        let path = folder.file("credentials")
        try FileManager.default.setAttributes([.posixPermissions: NSNumber(value: mode)], ofItemAtPath: path)
        if isAccepted {
            _ = try AtlasCredentials(contentsOfFile: path)
        } else {
            let error = #expect(throws: AtlasCredentialsError.self) { try AtlasCredentials(contentsOfFile: path) }
            #expect(error == .readableByOthers(path: path))
        }
    }

    @Test func aMissingFile() throws {
        let path = try Folder().file("none")
        #expect(throws: AtlasCredentialsError.cannotRead(path: path, errno: ENOENT)) {
            try AtlasCredentials(contentsOfFile: path)
        }
    }

    @Test(arguments: [
        ("https://atlas.example", "https://atlas.example"),
        ("HTTPS://Atlas.Example:8443/a/b//", "https://Atlas.Example:8443/a/b"),
        ("http://localhost:80", "http://localhost:80"), ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://127.9.8.7:1/", "http://127.9.8.7:1"), ("http://[::1]:8080", "http://[::1]:8080"),
    ])
    func urls(_ text: String, _ expected: String) throws {
        #expect(try AtlasBaseURL(text).description == expected)
    }

    @Test(arguments: [
        ("http://atlas.example", AtlasBaseURLError.insecure), ("http://127.0.0.1.atlas.example", .insecure),
        ("http://127.1", .insecure), ("http://10.0.0.1", .insecure), ("http://localhost.example", .insecure),
        ("ftp://atlas.example", .schemeNotHTTP), ("atlas.example", .malformed), ("https://", .malformed),
        ("https://user:secret@atlas.example", .malformed), ("https://atlas.example?x=1", .malformed),
        ("https://atlas.example#x", .malformed), ("https://atlas.example:0", .malformed),
        ("https://atlas.example:65536", .malformed), ("https://atlas.example:x", .malformed),
        ("https://atlas example", .malformed), ("https://[::1", .malformed), ("https://[::1]x", .malformed),
        ("", .malformed),
        ("http://localhost@atlas.example", .malformed), ("http://localhost\\@atlas.example", .malformed),
    ])
    func noURLs(_ text: String, _ error: AtlasBaseURLError) {
        #expect(throws: error) { try AtlasBaseURL(text) }
    }

    @Test func insecureIfOneInsists() throws {
        #expect(try AtlasBaseURL("http://atlas.example", allowInsecureHTTP: true).isSecure == false)
        #expect(try AtlasBaseURL("https://atlas.example").isSecure)
    }
}
