import Memory
import Refunds

/// Open items, found by their ids.
package struct OpenItems: Sendable {
    package let list: [OpenItem]
    private let index: HashIndex

    package init(_ list: [OpenItem]) {
        self.list = list
        var index = HashIndex(capacity: list.count)
        for place in list.indices { index.insert(place, list[place].id.keyHash) }
        self.index = index
    }

    /// The item with an id.
    package subscript(id: BreakID) -> OpenItem? {
        index.find(id.keyHash) { list[$0].id == id }.map { list[$0] }
    }
}
