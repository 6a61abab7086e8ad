import CExpat

/// Receives the parts of an XML text as they are read. Names are without their namespace.
protocol XMLHandler: AnyObject {
    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(XLSXError)
    func end(_ name: XMLName) throws(XLSXError)
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(XLSXError)
}

/// An element's name, in place.
struct XMLName {
    fileprivate let start: UnsafePointer<CChar>

    fileprivate init(_ qualified: UnsafePointer<CChar>) { start = Self.local(qualified) }

    /// Expat writes `namespace|name`.
    fileprivate static func local(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar> {
        var (local, next) = (name, name)
        while next.pointee != 0 {
            if next.pointee == 0x7C { local = next + 1 }
            next += 1
        }
        return local
    }

    static func == (name: XMLName, text: StaticString) -> Bool { name.start.says(text) }
    static func ~= (text: StaticString, name: XMLName) -> Bool { name.start.says(text) }
}

extension UnsafePointer<CChar> {
    fileprivate func says(_ text: StaticString) -> Bool {
        var index = 0
        while index < text.utf8CodeUnitCount {
            // A name that ends earlier ends with a zero, which differs.
            if UInt8(bitPattern: self[index]) != text.utf8Start[index] { return false }
            index += 1
        }
        return self[index] == 0
    }
}

/// An element's attributes, in place.
struct XMLAttributes {
    fileprivate let list: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    /// The value of the attribute of that name; nil if there is none.
    subscript(name: StaticString) -> String? {
        guard let list else { return nil }
        var index = 0
        while let key = list[index], let value = list[index + 1] {
            if XMLName.local(key).says(name) { return String(cString: value) }
            index += 2
        }
        return nil
    }
}

/// Reads XML with expat, within bounds: no document type, so only XML's own five entities, and no deep nesting.
final class XMLReader {
    private let parser: XML_Parser
    private let part: String
    private let handler: any XMLHandler
    private let depthLimit: Int
    private var depth = 0
    private var failure: XLSXError?
    private var readBytes = 0

    /// A tag that is longer than this is none of a workbook; expat would go through it again with every piece.
    private static let mostTagBytes = 1 << 20

    init(part: String, _ limits: XLSXLimits, _ handler: any XMLHandler) throws(XLSXError) {
        guard let parser = XML_ParserCreateNS(nil, 0x7C) else { throw .tooLarge("there is no memory for it") }
        self.parser = parser
        self.part = part
        self.handler = handler
        depthLimit = limits.depth
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { XMLReader.of($0)?.start($1, $2) }, { XMLReader.of($0)?.end($1) })
        XML_SetCharacterDataHandler(parser) { XMLReader.of($0)?.text($1, $2) }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in XMLReader.of(data)?.refuseDocumentType() }
    }

    deinit { XML_ParserFree(parser) }

    /// Reads a further piece of the text. Throws the handler's error, or that the text is not XML.
    func read(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool = false) throws(XLSXError) {
        let status = bytes.withMemoryRebound(to: CChar.self) {
            XML_Parse(parser, $0.baseAddress, Int32($0.count), isLast ? 1 : 0)
        }
        if let failure { throw failure }
        if status != XML_STATUS_OK {
            let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "it is not XML"
            throw error(reason)
        }
        readBytes += bytes.count
        // Where the piece ended within a tag, this is where the tag begins.
        let index = Int(XML_GetCurrentByteIndex(parser))
        if !isLast, index >= 0, readBytes - index > Self.mostTagBytes + bytes.count {
            throw .tooLarge("a tag of over \(Self.mostTagBytes) bytes")
        }
    }

    func finish() throws(XLSXError) { try read(UnsafeBufferPointer(start: nil, count: 0), isLast: true) }

    private func error(_ reason: String) -> XLSXError {
        .xml(part: part, line: Int(clamping: XML_GetCurrentLineNumber(parser)), reason: reason)
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLReader? {
        data.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func attempt(_ body: () throws(XLSXError) -> Void) {
        if failure != nil { return }
        do throws(XLSXError) { try body() } catch { stop(error) }
    }

    private func stop(_ error: XLSXError) {
        failure = failure ?? error
        XML_StopParser(parser, 0)
    }

    private func start(_ name: UnsafePointer<CChar>?, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard let name else { return }
        depth += 1
        if depth > depthLimit { return stop(error("elements are nested over \(depthLimit) deep")) }
        attempt { () throws(XLSXError) in try handler.start(XMLName(name), XMLAttributes(list: list)) }
    }

    private func end(_ name: UnsafePointer<CChar>?) {
        guard let name else { return }
        depth -= 1
        attempt { () throws(XLSXError) in try handler.end(XMLName(name)) }
    }

    private func text(_ start: UnsafePointer<CChar>?, _ count: Int32) {
        guard let start, count > 0 else { return }
        start.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
            attempt { () throws(XLSXError) in
                try handler.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
            }
        }
    }

    private func refuseDocumentType() { stop(error("it has a document type, which no workbook has")) }
}
