import Foundation
import JSON
import Refunds
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
func parsedJSON<Result>(_ bytes: [UInt8], _ body: (JSONView) throws -> Result) throws -> Result {
    var reader = JSONReader()
    let reading = reader.read(bytes.span)
    #expect(reading.fault == nil)
    guard let root = reading.root else { throw RecordFault(.badJSON, "no JSON") }
    return try body(root)
}

func parsedJSON<Result>(_ text: String, _ body: (JSONView) throws -> Result) throws -> Result {
    try parsedJSON(Array(text.utf8), body)
}
