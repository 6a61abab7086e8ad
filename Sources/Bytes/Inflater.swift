import CZlib

/// Decompresses gzip data, of one member or several, in pieces.
struct Inflater {
    private var stream = z_stream()
    private var isStarted = false
    /// Whether the last member has ended as it should.
    private(set) var isComplete = false

    /// Decompresses from the front of `input` into `output`; gives how many bytes came out, nil if the data is damaged or
    /// ends inside a member.
    mutating func inflate(_ input: inout UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>)
        -> Int?
    {
        if !isStarted || isComplete {
            guard restart() else { return nil }
        }
        let offered = min(input.count, Int(UInt32.max))
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(offered)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        let result = CZlib.inflate(&stream, Z_NO_FLUSH)
        let produced = output.count - Int(stream.avail_out)
        input = UnsafeBufferPointer(rebasing: input[(offered - Int(stream.avail_in))...])
        switch result {
        case Z_STREAM_END:
            isComplete = true
            return produced
        case Z_OK: return produced
        default: return nil
        }
    }

    mutating func end() {
        if isStarted { inflateEnd(&stream) }
        isStarted = false
    }

    private mutating func restart() -> Bool {
        isComplete = false
        if isStarted { return inflateReset(&stream) == Z_OK }
        // 16 + 15: a gzip header and the largest window.
        isStarted = inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        return isStarted
    }
}
