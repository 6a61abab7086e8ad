import CGlue

/// Asks the processor to fetch what a pointer points to, which is going to be read soon. Records are many and are met in any
/// order, so that most of the time of looking one up is waiting for memory; asked for early, several come at a time.
@inline(__always)
public func prefetch<Value>(_ place: UnsafePointer<Value>) {
    let start = UnsafeRawPointer(place)
    // Memory comes in lines of 64 bytes; the last byte may lie in one more.
    var offset = 0
    while offset < MemoryLayout<Value>.size {
        cglue_prefetch(start + offset)
        offset &+= 64
    }
    cglue_prefetch(start + MemoryLayout<Value>.size - 1)
}
