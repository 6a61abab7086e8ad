extension InputFile {
    /// Calls `body` with each line of a file that has been read, without its line end, and its number, the first being 1. The
    /// bytes must be those of the first reading. Of a pipe, `isReadAgain` must have been said when it was opened.
    ///
    /// - Parameter mostBytes: longer lines are counted and not given.
    public func forEachLineAgain(
        mostBytes: Int = 8 << 20, _ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void
    ) throws(InputError) {
        var lines = LongLines(mostBytes: mostBytes)
        let source = BlockSource(self)
        while true {
            switch try source.step() {
            case .block(let block): block.withBytes { lines.add($0, body) }
            case .notYet: continue
            case .end:
                lines.finish(body)
                return
            }
        }
    }
}

/// Lines of a text that comes in pieces: call `add` with each piece, then `finish`.
public struct LongLines {
    let mostBytes: Int
    private var count: Int32 = 0
    /// The beginning of a line whose end has not come.
    private var begun: [UInt8] = []
    private var isOverlong = false

    /// - Parameter mostBytes: longer lines are counted and not given.
    public init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// Calls `body` with each line that ends in the piece, without its line end, and its number, the first being 1.
    public mutating func add(_ piece: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void) {
        var rest = piece
        if !begun.isEmpty || isOverlong {
            let end = rest.endOfLine(from: 0).map { $0 + 1 }
            extend(UnsafeBufferPointer(rebasing: rest[..<(end ?? rest.count)]))
            guard let end else { return }
            finish(body)
            rest = UnsafeBufferPointer(rebasing: rest[end...])
        }
        let before = count
        let read = rest.forEachLine(isLast: false) { body($0, before + $1) }
        count += read.lineCount
        extend(UnsafeBufferPointer(rebasing: rest[read.byteCount...]))
    }

    private mutating func extend(_ piece: UnsafeBufferPointer<UInt8>) {
        isOverlong = isOverlong || begun.count + piece.count > mostBytes + 2
        if isOverlong { begun = [] } else { begun += piece }
    }

    /// Gives the line that has begun, if one has.
    public mutating func finish(_ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void) {
        if begun.isEmpty, !isOverlong { return }
        let before = count
        _ = begun.withUnsafeBufferPointer { $0.forEachLine(isLast: true) { body($0, before + $1) } }
        count += 1
        begun = []
        isOverlong = false
    }
}
