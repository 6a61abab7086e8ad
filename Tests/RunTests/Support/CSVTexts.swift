/// The records of a CSV text by column: RFC 4180, as the reports are written.
func csvRecords(_ bytes: [UInt8]) -> [[String: String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var position = 0
    func endField() {
        row.append(String(decoding: field, as: UTF8.self))
        field = []
    }
    while position < bytes.count {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\"") where isQuoted && position < bytes.count && bytes[position] == byte:
            field.append(byte)
            position += 1
        case UInt8(ascii: "\""): isQuoted.toggle()
        case UInt8(ascii: ",") where !isQuoted: endField()
        case 0x0D where !isQuoted: break
        case 0x0A where !isQuoted:
            endField()
            rows.append(row)
            row = []
        default: field.append(byte)
        }
    }
    guard let header = rows.first else { return [] }
    return rows.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
}
