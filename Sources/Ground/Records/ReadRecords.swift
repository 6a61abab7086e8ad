import Files

/// Reads the records of a file on at most `threads` tasks and gives them to `consume`, in order.
///
/// - Parameter format: nil where only the text itself can say it.
/// - Returns: the names of columns that hold no field.
/// - Throws: `InputError`, and the errors of `consume`.
public func readRecords<Decoder: FieldsDecoder & ObjectDecoder>(
    of input: InputFile, format: RecordFormat?, with decoder: Decoder, threads: Int, consume: RecordConsumer<Decoder>
) async throws -> [String] {
    let blocks = BlockSource(input)
    var known = format
    if known == nil { known = try await RecordFormat(guessedFrom: blocks) }
    switch known ?? .csv {
    case .csv: return try await readCSV(blocks, decoder, threads, consume)
    case .jsonLines:
        try await readRecords(of: blocks, as: JSONLines(decoder: decoder), threads: threads, consume: consume)
        return []
    }
}

/// The same of a CSV file.
public func readCSV<Decoder: FieldsDecoder>(
    of input: InputFile, with decoder: Decoder, threads: Int, consume: RecordConsumer<Decoder>
) async throws -> [String] {
    try await readCSV(BlockSource(input), decoder, threads, consume)
}

/// The same of a file of JSON Lines.
public func readJSONLines<Decoder: ObjectDecoder>(
    of input: InputFile, with decoder: Decoder, threads: Int, consume: RecordConsumer<Decoder>
) async throws {
    try await readRecords(of: BlockSource(input), as: JSONLines(decoder: decoder), threads: threads, consume: consume)
}

private func readCSV<Decoder: FieldsDecoder>(
    _ blocks: BlockSource, _ decoder: Decoder, _ threads: Int, _ consume: RecordConsumer<Decoder>
) async throws -> [String] {
    let header = try await CSVHeader<Decoder.Name>(of: blocks, mostBytes: decoder.recordBytes, isRead: decoder.isRead)
    let missing = decoder.missing(from: header.columns)
    if !missing.isEmpty {
        throw InputError.unusable(
            path: blocks.file.path, reason: "the header lacks \(missing.joined(separator: ", "))")
    }
    try consume(RecordBatch(blankLines: header.blankLinesBefore))
    try await readRecords(
        of: blocks, as: CSVRecords(decoder: decoder, columns: header.columns), threads: threads,
        linesBefore: header.lineCount, consume: consume)
    return header.columns.unknown
}
