import Core

/// The rows of a night's tables, read and written. A row that makes no sense makes the store unusable: nothing is left out.
extension StateStore {
    enum LineKind: Int { case orders, webhooks }

    func lines(_ night: Int64, _ kind: LineKind) throws(StateError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try database.query(
            "SELECT line FROM carried WHERE night = ? AND kind = ? ORDER BY position",
            [.integer(night), .init(kind.rawValue)]
        ) { row throws(StateError) in lines.append(row[0].bytes) }
        return lines
    }

    func insertLines(_ lines: [[UInt8]], _ night: Int64, _ kind: LineKind) throws(StateError) {
        for (position, line) in lines.enumerated() {
            try database.run(
                "INSERT INTO carried (night, kind, position, line) VALUES (?, ?, ?, ?)",
                [.integer(night), .init(kind.rawValue), .init(position), .bytes(line)])
        }
    }

    func answers(before asOf: CalendarDate, since: CalendarDate) throws(StateError) -> [KeptAnswer] {
        var answers: [KeptAnswer] = []
        // Of several nights' answers about a case the last one counts.
        try database.query(
            """
            SELECT answer.id, max(night.asOf), answer.line FROM answer JOIN night ON night.id = answer.night
            WHERE night.isPublished = 1 AND night.asOf < ? AND night.asOf >= ? GROUP BY answer.id ORDER BY answer.id
            """, [.text(asOf.description), .text(since.description)]
        ) { row throws(StateError) in
            guard let id = row[0].string, let night = row[1].date else { throw damaged("answer") }
            // The last word on a case may be that its answer is given up.
            if !row[2].bytes.isEmpty { answers.append(KeptAnswer(id: id, receivedFor: night, line: row[2].bytes)) }
        }
        return answers
    }

    func insert(_ answer: KeptAnswer, _ night: Int64) throws(StateError) {
        try database.run(
            "INSERT INTO answer (night, id, line) VALUES (?, ?, ?)",
            [.integer(night), .text(answer.id), .bytes(answer.line)])
    }

    func items(_ night: Int64) throws(StateError) -> [OpenItem] {
        var items: [OpenItem] = []
        try database.query(
            """
            SELECT \(StateSchema.keyColumns), currency, amount, outcome, since FROM item WHERE night = ? ORDER BY position
            """, [.integer(night)]
        ) { row throws(StateError) in
            guard let (id, key) = RowKey.read(row), let currency = row[6].string.flatMap({ Currency($0) }),
                let since = row[9].date
            else { throw damaged("item") }
            items.append(
                OpenItem(
                    id: id, key: key, currency: currency, amount: row[7].integer.map { Amount(minorUnits: $0) },
                    outcome: row[8].string.flatMap { Outcome(rawValue: $0) }, since: since))
        }
        return items
    }

    func insert(_ item: OpenItem, _ night: Int64) throws(StateError) {
        try database.run(
            "INSERT INTO item (\(StateSchema.keyColumns), currency, amount, outcome, since, night) \(places(11))",
            item.key.values(item.id) + [
                .text(item.currency.code), item.amount.map { .integer($0.minorUnits) } ?? .null,
                .init(item.outcome?.rawValue), .text(item.since.description), .integer(night),
            ])
    }

    func balance(_ night: Int64) throws(StateError) -> OpenBalance {
        var sums: [OpenBalance.Key: OpenBalance.Sum] = [:]
        try database.query(
            "SELECT rowType, currency, count, amount, withoutAmount FROM balance WHERE night = ?", [.integer(night)]
        ) { row throws(StateError) in
            guard let rowType = row[0].string.flatMap({ RowType(rawValue: $0) }),
                let currency = row[1].string.flatMap({ Currency($0) }), let count = row[2].integer,
                let amount = row[3].string.flatMap({ Int128($0) }), let withoutAmount = row[4].integer
            else { throw damaged("balance") }
            sums[OpenBalance.Key(rowType: rowType, currency: currency)] = OpenBalance.Sum(
                count: Int(count), amount: Total(minorUnits: amount), withoutAmount: Int(withoutAmount))
        }
        return OpenBalance(sums)
    }

    func insert(_ key: OpenBalance.Key, _ sum: OpenBalance.Sum, _ night: Int64) throws(StateError) {
        try database.run(
            "INSERT INTO balance (rowType, currency, count, amount, withoutAmount, night) \(places(6))",
            [
                .text(key.rowType.rawValue), .text(key.currency.code), .init(sum.count),
                .text(String(sum.amount.minorUnits)), .init(sum.withoutAmount), .integer(night),
            ])
    }

    func breaks(_ night: Int64) throws(StateError) -> [BreakRecord] {
        var breaks: [BreakRecord] = []
        try database.query(
            """
            SELECT \(StateSchema.keyColumns), currency, outcome, exceptions, amounts, since, nights, examined FROM break
            WHERE night = ? ORDER BY position
            """, [.integer(night)]
        ) { row throws(StateError) in
            guard let (id, key) = RowKey.read(row), let since = row[10].date, let nights = row[11].integer,
                let examined = row[12].date
            else { throw damaged("break") }
            breaks.append(
                BreakRecord(
                    id: id, key: key, currency: row[6].string.flatMap { Currency($0) },
                    outcome: row[7].string.flatMap { Outcome(rawValue: $0) }, exceptions: row[8].string ?? "",
                    amounts: row[9].string ?? "", since: since, nights: Int(nights), examined: examined))
        }
        return breaks
    }

    func insert(_ record: BreakRecord, _ night: Int64) throws(StateError) {
        try database.run(
            """
            INSERT INTO break (\(StateSchema.keyColumns), currency, outcome, exceptions, amounts, since, nights, examined,
            night) \(places(14))
            """,
            record.key.values(record.id) + [
                .init(record.currency?.code), .init(record.outcome?.rawValue), .text(record.exceptions),
                .text(record.amounts), .text(record.since.description), .init(record.nights),
                .text(record.examined.description), .integer(night),
            ])
    }

    func damaged(_ table: String) -> StateError {
        .unusable(path: database.path, reason: "a row of the table \(table) makes no sense")
    }

    func places(_ count: Int) -> String {
        "VALUES (" + Array(repeating: "?", count: count).joined(separator: ", ") + ")"
    }
}

extension RowKey {
    /// The id and the key from the first columns of a row.
    fileprivate static func read(_ row: [Database.Value]) -> (id: BreakId, key: RowKey)? {
        guard let id = row[0].string.flatMap({ BreakId($0) }),
            let rowType = row[1].string.flatMap({ RowType(rawValue: $0) })
        else { return nil }
        return (
            id,
            RowKey(
                rowType: rowType, orderNo: row[2].text, airlinePNR: row[3].text, carrier: row[4].text,
                refundCode: row[5].text)
        )
    }

    fileprivate func values(_ id: BreakId) -> [Database.Value] {
        [
            .text(id.description), .text(rowType.rawValue), .init(orderNo), .init(airlinePNR), .init(carrier),
            .init(refundCode),
        ]
    }
}
