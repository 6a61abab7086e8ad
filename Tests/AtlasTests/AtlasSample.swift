import Foundation
import JSON
import Testing

/// Atlas's own samples, as its pages have them.
enum AtlasSample {
    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Samples/\(name)", withExtension: "json"))
        return [UInt8](try Data(contentsOf: url))
    }

    /// A sample without its white space: keys, order and digits as they are.
    static func oneLine(_ name: String) throws -> [UInt8] {
        let bytes = try bytes(name)
        return try parsedJSON(bytes) { JSONTree($0).encoded() }
    }
}

/// Parses a JSON text and hands its value over.
func parsedJSON<Result>(_ bytes: [UInt8], _ body: (JSONValue) throws -> Result) throws -> Result {
    let document = JSONDocument()
    return try bytes.withUnsafeBufferPointer { buffer in
        #expect(document.parse(buffer) == nil)
        return try body(document.root)
    }
}

func parsedJSON<Result>(_ text: String, _ body: (JSONValue) throws -> Result) throws -> Result {
    try parsedJSON(Array(text.utf8), body)
}
