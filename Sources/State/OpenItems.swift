import Core

/// Open items, found by their ids.
public struct OpenItems: Sendable {
    public let list: [OpenItem]
    private let index: HashIndex

    public init(_ list: [OpenItem]) {
        self.list = list
        var index = HashIndex(capacity: list.count)
        for place in list.indices { index.insert(place, list[place].id.keyHash) }
        self.index = index
    }

    /// The item with an id.
    public subscript(id: BreakId) -> OpenItem? {
        index.find(id.keyHash) { list[$0].id == id }.map { list[$0] }
    }
}
