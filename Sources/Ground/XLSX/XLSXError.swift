/// Why a file cannot be read as a workbook.
package enum XLSXError: Error, Equatable, Sendable {
    /// The file is not a zip archive that can be read, or a part of it is damaged or encrypted.
    case archive(String)
    /// A part that a workbook needs is missing.
    case missingPart(String)
    /// A part is not the XML it should be.
    case xml(part: String, line: Int, reason: String)
    /// A limit of `XLSXLimits` was exceeded.
    case tooLarge(String)
    /// The workbook has no sheet of that name.
    case noSheet(String)

    /// One line for a person.
    package var message: String {
        switch self {
        case .archive(let reason): "cannot be read as a workbook: \(reason)"
        case .missingPart(let part): "is not a workbook: the part \(part) is missing"
        case .xml(let part, let line, let reason): "cannot be read as a workbook: \(part), line \(line): \(reason)"
        case .tooLarge(let what): "is too large to be read safely: \(what)"
        case .noSheet(let name): "has no sheet \(name)"
        }
    }
}

/// How much of a workbook is read at most. A small file can claim to hold terabytes.
package struct XLSXLimits: Sendable {
    /// Bytes of one part, inflated.
    package var partBytes = 4 << 30
    /// How many times larger than its compressed bytes a part may become, once it has grown beyond `ratioFreeBytes`.
    package var ratio = 400
    package var ratioFreeBytes = 16 << 20
    /// Parts of the archive.
    package var parts = 10_000
    /// Bytes of one cell's text.
    package var cellBytes = 1 << 20
    /// Bytes of all shared strings together.
    package var sharedStringBytes = 256 << 20
    /// How deep XML elements may be nested.
    package var depth = 64

    package init() {}
}
