import Memory
import Refunds

/// The value of a cell of the report. It keeps its type, so that each format writes it in its own way.
public enum Cell: Sendable, Equatable {
    /// No value.
    case empty
    /// Text from outside, which a spreadsheet might take for a formula.
    case outsideText(Text)
    /// A word of ours: the name of an outcome, of a source, of a currency.
    case word(Text)
    case amount(Amount, Currency)
    case date(CalendarDate)
    case count(Int)
    /// The id of a break or an open item.
    case id(BreakID)
    /// Exception codes in the order of RULES.md.
    case codes(ExceptionSet)
    /// A line of a file.
    case place(SourceLine)
}

/// A format's writer of rows: it gets the cells of a row one after another, each with its column.
public protocol CellSink: ~Copyable {
    mutating func add(_ cell: Cell, in column: Column)
}

/// How a line of the table of columns gives a cell: name, value, help; the width where it is not the usual one.
extension CellSink where Self: ~Copyable {
    /// Text from outside.
    @inline(__always)
    mutating func text(
        _ name: StaticString, _ text: Text?, width: Int = Column.Kind.text.width, _ help: StaticString
    ) {
        let column = Column(name, .text, width: width, help)
        if let text { add(.outsideText(text), in: column) } else { add(.empty, in: column) }
    }

    /// A word of ours.
    @inline(__always)
    mutating func word(
        _ name: StaticString, _ word: Text?, width: Int = Column.Kind.word.width, _ help: StaticString
    ) {
        let column = Column(name, .word, width: width, help)
        if let word { add(.word(word), in: column) } else { add(.empty, in: column) }
    }

    @inline(__always)
    mutating func amount(_ name: StaticString, _ amount: Amount?, _ currency: Currency?, _ help: StaticString) {
        let column = Column(name, .amount, width: Column.Kind.amount.width, help)
        if let amount, let currency { add(.amount(amount, currency), in: column) } else { add(.empty, in: column) }
    }

    @inline(__always)
    mutating func date(_ name: StaticString, _ date: CalendarDate?, _ help: StaticString) {
        let column = Column(name, .date, width: Column.Kind.date.width, help)
        if let date { add(.date(date), in: column) } else { add(.empty, in: column) }
    }

    @inline(__always)
    mutating func count(_ name: StaticString, _ count: Int?, _ help: StaticString) {
        let column = Column(name, .count, width: Column.Kind.count.width, help)
        if let count { add(.count(count), in: column) } else { add(.empty, in: column) }
    }

    @inline(__always)
    mutating func codes(_ name: StaticString, _ codes: ExceptionSet, _ help: StaticString) {
        let column = Column(name, .codes, width: Column.Kind.codes.width, help)
        if codes.isEmpty { add(.empty, in: column) } else { add(.codes(codes), in: column) }
    }

    @inline(__always)
    mutating func place(_ name: StaticString, _ place: SourceLine?, _ help: StaticString) {
        let column = Column(name, .place, width: Column.Kind.place.width, help)
        if let place { add(.place(place), in: column) } else { add(.empty, in: column) }
    }

    @inline(__always)
    mutating func id(_ name: StaticString, _ id: BreakID?, _ help: StaticString) {
        let column = Column(name, .id, width: Column.Kind.id.width, help)
        if let id { add(.id(id), in: column) } else { add(.empty, in: column) }
    }
}

/// The cells of a row as a list.
struct CellList: CellSink {
    var cells: [Cell] = []

    mutating func add(_ cell: Cell, in column: Column) { cells.append(cell) }
}

/// The columns as a list.
struct ColumnList: CellSink {
    var columns: [Column] = []

    mutating func add(_ cell: Cell, in column: Column) { columns.append(column) }
}
