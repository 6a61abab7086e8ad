import CZlib

/// Decompresses gzip data, of one member or several, in pieces. Zeros may follow the last member, as on tapes; nothing else.
final class Inflater {
    enum Fault: Error {
        /// Not gzip, or damaged.
        case damaged
        /// Something else follows the last member.
        case textAfterTheData
    }

    /// zlib wants it to stay where it is.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isStarted = false
    private var memberCount = 0
    private var isInPadding = false
    /// Decompressed bytes that found no room yet.
    private var mayHoldOutput = false
    /// Whether the last member has ended as it should.
    private(set) var isComplete = false

    init() { stream.initialize(to: z_stream()) }

    deinit {
        if isStarted { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Decompresses from the front of `input` into `output`, which is not empty; gives how many bytes came out. None come
    /// out where more input is needed, and at the end.
    func inflate(
        _ input: inout UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(Fault) -> Int {
        if isComplete, !input.isEmpty { try startMember(&input) }
        if input.isEmpty, !mayHoldOutput { return 0 }
        if !isStarted {
            // 16 + 15: a gzip header and the largest window.
            isStarted =
                inflateInit2_(stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
            guard isStarted else { throw .damaged }
        }
        let offered = min(input.count, Int(UInt32.max))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(offered)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let result = CZlib.inflate(stream, Z_NO_FLUSH)
        let produced = output.count - Int(stream.pointee.avail_out)
        input = UnsafeBufferPointer(rebasing: input[(offered - Int(stream.pointee.avail_in))...])
        mayHoldOutput = stream.pointee.avail_out == 0 && result == Z_OK
        switch result {
        case Z_STREAM_END:
            isComplete = true
            memberCount += 1
        case Z_OK, Z_BUF_ERROR: break
        default: throw memberCount > 0 && stream.pointee.total_out == 0 ? .textAfterTheData : .damaged
        }
        return produced
    }

    /// Begins the next member, or drops the zeros that follow the last one.
    private func startMember(_ input: inout UnsafeBufferPointer<UInt8>) throws(Fault) {
        if isInPadding || input[0] == 0 {
            isInPadding = true
            guard input.allSatisfy({ $0 == 0 }) else { throw .textAfterTheData }
            input = UnsafeBufferPointer(rebasing: input[input.count...])
            return
        }
        guard inflateReset(stream) == Z_OK else { throw .damaged }
        isComplete = false
    }
}
