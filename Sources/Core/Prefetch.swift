import CGlue

/// Asks the processor to fetch what a pointer points to, which is going to be read soon. Records are many and are met in any
/// order, so that most of the time of looking one up is waiting for memory; asked for early, several come at a time.
///
/// - Parameter count: of how many elements.
@inlinable @inline(__always)
public func prefetch<Value>(_ place: UnsafePointer<Value>, count: Int = 1) {
    let start = UnsafeRawPointer(place)
    var offset = 0
    while offset < count &* MemoryLayout<Value>.stride {
        cglue_prefetch(start + offset)
        offset &+= 64
    }
}
