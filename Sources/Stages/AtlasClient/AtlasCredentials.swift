import Files

/// The client id and secret that Atlas knows the caller by.
///
/// Both are kept out of every text that could be printed: descriptions, reflection and errors never show them.
package struct AtlasCredentials: Sendable {
    let clientID: String
    let clientSecret: String

    package static let clientIDName = "ATLAS_CLIENT_ID"
    package static let clientSecretName = "ATLAS_CLIENT_SECRET"

    /// Both must be printable ASCII without spaces, as a header's value must; the HTTP library would name a bad one in its
    /// error.
    package init(clientID: String, clientSecret: String) throws(AtlasCredentialsError) {
        guard Self.isHeaderValue(clientID) else { throw .unusableValue(name: Self.clientIDName) }
        guard Self.isHeaderValue(clientSecret) else { throw .unusableValue(name: Self.clientSecretName) }
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// Takes both from an environment.
    package init(environment: [String: String]) throws(AtlasCredentialsError) {
        guard let clientID = environment[Self.clientIDName], !clientID.isEmpty else {
            throw .missing(name: Self.clientIDName)
        }
        guard let clientSecret = environment[Self.clientSecretName], !clientSecret.isEmpty else {
            throw .missing(name: Self.clientSecretName)
        }
        try self.init(clientID: clientID, clientSecret: clientSecret)
    }

    /// Takes both from a file's text, of lines `ATLAS_CLIENT_ID=…` and `ATLAS_CLIENT_SECRET=…`; blank lines, lines that begin
    /// with `#` and other names are passed over. A value may be in quotes.
    package init(fileText: String) throws(AtlasCredentialsError) {
        var values: [String: String] = [:]
        // Editors of Windows put a byte order mark first.
        let text = fileText.utf8.starts(with: "\u{FEFF}".utf8) ? fileText.utf8.dropFirst(3) : fileText.utf8[...]
        for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let line = Self.trimmed(line)
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")), line.first != UInt8(ascii: "#") else { continue }
            let name = String(decoding: Self.trimmed(line[..<equals]), as: UTF8.self)
            guard name == Self.clientIDName || name == Self.clientSecretName else { continue }
            guard values[name] == nil else { throw .givenTwice(name: name) }
            let value = Self.withoutQuotes(Self.trimmed(line[line.index(after: equals)...]))
            values[name] = String(decoding: value, as: UTF8.self)
        }
        try self.init(environment: values)
    }

    /// Reads a credentials file, which nobody but its owner may be allowed to read.
    package init(contentsOfFile path: String) throws(AtlasCredentialsError) {
        let bytes: [UInt8]
        do throws(SecretFileError) { bytes = try SecretFile.read(path) } catch {
            switch error {
            case .readableByOthers: throw .readableByOthers(path: path)
            case .cannotRead(let code): throw .cannotRead(path: path, errno: code)
            }
        }
        try self.init(fileText: String(decoding: bytes, as: UTF8.self))
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let rest = bytes.drop(while: isSpace)
        guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return rest }
        return rest[...last]
    }

    /// A value without the quotes around it, as a shell reads them.
    private static func withoutQuotes(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        guard bytes.count >= 2, let first = bytes.first, first == bytes.last,
            first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        else { return bytes }
        return bytes.dropFirst().dropLast()
    }

    private static func isHeaderValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 4096 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension AtlasCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "AtlasCredentials(redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why there are no credentials; it never holds a value of theirs.
package enum AtlasCredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(name: String)
    /// Empty, too long, or not printable ASCII.
    case unusableValue(name: String)
    case givenTwice(name: String)
    /// Group or others may use the file: exit 77.
    case readableByOthers(path: String)
    case cannotRead(path: String, errno: Int32)

    package var description: String {
        switch self {
        case .missing(let name): "\(name) is not set"
        case .unusableValue(let name): "\(name) is no printable ASCII text without spaces"
        case .givenTwice(let name): "\(name) is set twice"
        case .readableByOthers(let path): "\(path) may be read by others than its owner (chmod 600 \(path))"
        case .cannotRead(let path, let code): "\(path) cannot be read: \(errnoText(code))"
        }
    }
}
