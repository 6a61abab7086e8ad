/// Lets lines out in another order than they came in, with bounded memory: some are held back, and each line that comes
/// takes the place of a random one of them.
struct ShuffleWindow {
    /// The line that is being made; it ends with its line feed.
    var line: [UInt8] = []
    private var held: [[UInt8]] = []
    private let capacity: Int
    private var random: SplitMix64

    init(capacity: Int, random: SplitMix64) {
        self.capacity = capacity
        self.random = random
        held.reserveCapacity(capacity)
    }

    /// Takes the line in, and writes another if the window is full.
    mutating func push(to file: ChunkedFile) throws(GenerateError) {
        if held.count < capacity {
            held.append(line)
            line.removeAll(keepingCapacity: true)
            return
        }
        swap(&held[random.below(capacity)], &line)
        file.buffer.append(contentsOf: line)
        line.removeAll(keepingCapacity: true)
        try file.endLine()
    }

    /// Writes all that is held back.
    mutating func drain(to file: ChunkedFile) throws(GenerateError) {
        while !held.isEmpty {
            file.buffer.append(contentsOf: held.remove(at: random.below(held.count)))
            try file.endLine()
        }
    }
}
