import CExpat
import Memory

/// Receives the parts of an XML text as they are read. Names are without their namespace.
protocol XMLHandler: AnyObject {
    func start(_ name: borrowing XMLName, _ attributes: borrowing XMLAttributes) throws(XLSXError)
    func end(_ name: borrowing XMLName) throws(XLSXError)
    func text(_ bytes: Span<UInt8>) throws(XLSXError)
}

/// An element's name, in place.
struct XMLName: ~Escapable {
    private let bytes: Span<UInt8>

    /// - Parameter qualified: expat writes `namespace|name`.
    @_lifetime(borrow qualified)
    fileprivate init(_ qualified: UnsafePointer<CChar>) {
        let (start, count) = unsafe Self.local(qualified)
        let local = unsafe Span(_unsafeStart: start, count: count)
        bytes = unsafe _overrideLifetime(local, borrowing: qualified)
    }

    fileprivate static func local(_ name: UnsafePointer<CChar>) -> (start: UnsafePointer<UInt8>, count: Int) {
        let bytes = unsafe UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self)
        var (start, end) = (0, 0)
        while unsafe bytes[end] != 0 {
            if unsafe bytes[end] == 0x7C { start = end + 1 }
            end += 1
        }
        return unsafe (bytes + start, end - start)
    }

    static func == (name: borrowing XMLName, text: StaticString) -> Bool { name.bytes.isText(text) }
    static func ~= (text: StaticString, name: borrowing XMLName) -> Bool { name.bytes.isText(text) }
}

/// An element's attributes, in place.
@safe
struct XMLAttributes: ~Escapable {
    private let list: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    @_lifetime(borrow list)
    fileprivate init(_ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) { unsafe self.list = unsafe list }

    /// The value of the attribute of that name; nil if there is none.
    subscript(name: StaticString) -> String? {
        guard let list = unsafe list else { return nil }
        var index = 0
        while let key = unsafe list[index], let value = unsafe list[index + 1] {
            if unsafe XMLName(key) == name { return unsafe String(cString: value) }
            index += 2
        }
        return nil
    }
}

/// Reads XML with expat, within bounds: no document type, so only XML's own five entities, and no deep nesting.
@safe
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
        guard let parser = unsafe XML_ParserCreateNS(nil, 0x7C) else { throw .tooLarge("there is no memory for it") }
        unsafe self.parser = unsafe parser
        self.part = part
        self.handler = handler
        depthLimit = limits.depth
        // It frees the parser when it goes, so the parser never calls one that is gone.
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        unsafe XML_SetElementHandler(
            parser, { unsafe XMLReader.of($0)?.start($1, $2) }, { unsafe XMLReader.of($0)?.end($1) })
        unsafe XML_SetCharacterDataHandler(parser) { unsafe XMLReader.of($0)?.text($1, $2) }
        unsafe XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            unsafe XMLReader.of(data)?.refuseDocumentType()
        }
    }

    deinit { unsafe XML_ParserFree(parser) }

    /// Reads a further piece of the text. Throws what the handler threw, and what is not XML.
    func read(_ bytes: Span<UInt8>, isLast: Bool = false) throws(XLSXError) {
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe XML_Parse(
                parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), isLast ? 1 : 0)
        }
        if let failure { throw failure }
        if status != XML_STATUS_OK {
            let reason = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map { unsafe String(cString: $0) }
            throw error(reason ?? "it is not XML")
        }
        readBytes += bytes.count
        // Where the piece ended within a tag, this is where the tag begins.
        let index = unsafe Int(XML_GetCurrentByteIndex(parser))
        if !isLast, index >= 0, readBytes - index > Self.mostTagBytes + bytes.count {
            throw .tooLarge("a tag of over \(Self.mostTagBytes) bytes")
        }
    }

    func finish() throws(XLSXError) { try read(Span(), isLast: true) }

    private func error(_ reason: String) -> XLSXError {
        .xml(part: part, line: unsafe Int(clamping: XML_GetCurrentLineNumber(parser)), reason: reason)
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLReader? {
        unsafe data.map { unsafe Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func attempt(_ body: () throws(XLSXError) -> Void) {
        if failure != nil { return }
        do throws(XLSXError) { try body() } catch { stop(error) }
    }

    private func stop(_ error: XLSXError) {
        failure = failure ?? error
        unsafe XML_StopParser(parser, 0)
    }

    private func start(_ name: UnsafePointer<CChar>?, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard let name = unsafe name else { return }
        depth += 1
        if depth > depthLimit { return stop(error("elements are nested over \(depthLimit) deep")) }
        attempt { () throws(XLSXError) in unsafe try handler.start(XMLName(name), XMLAttributes(list)) }
    }

    private func end(_ name: UnsafePointer<CChar>?) {
        guard let name = unsafe name else { return }
        depth -= 1
        attempt { () throws(XLSXError) in unsafe try handler.end(XMLName(name)) }
    }

    private func text(_ start: UnsafePointer<CChar>?, _ count: Int32) {
        guard let start = unsafe start, count > 0 else { return }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(count)).bindMemory(to: UInt8.self)
        attempt { () throws(XLSXError) in unsafe try handler.text(bytes.span) }
    }

    private func refuseDocumentType() { stop(error("it has a document type, which no workbook has")) }
}
