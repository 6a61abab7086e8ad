import Memory

/// A JSON text on one line.
public enum OneLineJSON {
    /// The same tokens, byte for byte; white space between them is dropped if it breaks the line. In valid JSON a string holds
    /// no raw line end. It takes any depth of nesting.
    public static func bytes(of json: Span<UInt8>) -> [UInt8] {
        if json.firstIndex(of: 0x0A) == nil, json.firstIndex(of: 0x0D) == nil { return [UInt8](json) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.count)
        var isInString = false
        var isEscaped = false
        for index in json.indices {
            let byte = json[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                continue
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            }
            bytes.append(byte)
        }
        return bytes
    }
}
