import Memory

/// The members of an object whose names its document was made with, by their places in that list.
public struct JSONFields {
    static let capacity = 32

    private let tape: UnsafeMutablePointer<JSONTape>
    /// Where the tape has the member of each name.
    private let start: Int

    @inline(__always)
    init(_ tape: UnsafeMutablePointer<JSONTape>, of container: Int32) {
        self.tape = tape
        start = Self.notePlaces(tape, of: container)
    }

    /// Remembers where the members of an object are by the numbers of their names, and gives where that is remembered.
    @inline(__always)
    static func notePlaces(_ tape: UnsafeMutablePointer<JSONTape>, of container: Int32) -> Int {
        let start = tape.pointee.addPlaces(Self.capacity)
        let nodes = tape.pointee.nodes
        let end = nodes[Int(container)].kind == .object ? nodes[Int(container)].next : 0
        var child = container + 1
        while child < end {
            let number = Int(nodes[Int(child)].name.number)
            if number < tape.pointee.namedCount {
                tape.pointee.places[start + number] = child
            } else if number == Int(JSONKeyTable.other) {
                notePlace(ofUnnumbered: child, tape, start)
            }
            child = nodes[Int(child)].next
        }
        return start
    }

    /// A name that is escaped has no number and may be one of ours all the same.
    private static func notePlace(
        ofUnnumbered child: Int32, _ tape: UnsafeMutablePointer<JSONTape>, _ start: Int
    ) {
        var name = tape.pointee.text(tape.pointee.nodes[Int(child)].name)
        let number = Int(name.withUTF8 { tape.pointee.keys.number(of: $0) })
        if number < tape.pointee.namedCount { tape.pointee.places[start + number] = child }
    }

    /// The member with the name of that number as a field of a record; absent, null and empty are no value.
    @inline(__always)
    public subscript(number: Int) -> RawField {
        let place = tape.pointee.places[start + number]
        return place < 0 ? .none : JSONValue(tape: tape, index: place, owner: nil).field
    }
}
