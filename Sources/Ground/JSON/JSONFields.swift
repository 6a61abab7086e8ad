import Memory

/// The members of an object whose names its document was made with, by their places in that list.
@safe public struct JSONFields {
    static let capacity = 32

    private let tape: UnsafeMutablePointer<JSONTape>
    /// Where the tape has the member of each name.
    private let start: Int

    @inline(__always)
    init(_ tape: UnsafeMutablePointer<JSONTape>, of container: Int32) {
        unsafe self.tape = tape
        start = unsafe Self.notePlaces(tape, of: container)
    }

    /// Remembers where the members of an object are by the numbers of their names, and gives where that is remembered.
    @inline(__always)
    static func notePlaces(_ tape: UnsafeMutablePointer<JSONTape>, of container: Int32) -> Int {
        let start = unsafe tape.pointee.addPlaces(Self.capacity)
        let nodes = unsafe tape.pointee.nodes
        let end = unsafe nodes[Int(container)].kind == .object ? nodes[Int(container)].next : 0
        var child = container + 1
        while child < end {
            let number = unsafe Int(nodes[Int(child)].name.number)
            if unsafe number < tape.pointee.namedCount {
                unsafe tape.pointee.places[start + number] = child
            } else if number == Int(JSONKeyTable.other) {
                unsafe notePlace(ofUnnumbered: child, tape, start)
            }
            child = unsafe nodes[Int(child)].next
        }
        return start
    }

    /// A name that is escaped has no number and may be one of ours all the same.
    private static func notePlace(
        ofUnnumbered child: Int32, _ tape: UnsafeMutablePointer<JSONTape>, _ start: Int
    ) {
        var name = unsafe tape.pointee.text(tape.pointee.nodes[Int(child)].name)
        let number = Int(name.withUTF8 { unsafe tape.pointee.keys.number(of: $0) })
        if unsafe number < tape.pointee.namedCount { unsafe tape.pointee.places[start + number] = child }
    }

    /// The member with the name of that number as a field of a record; absent, null and empty are no value.
    @inline(__always)
    public subscript(number: Int) -> RawField {
        let place = unsafe tape.pointee.places[start + number]
        return unsafe place < 0 ? .none : JSONValue(tape: tape, index: place, owner: nil).field
    }
}
