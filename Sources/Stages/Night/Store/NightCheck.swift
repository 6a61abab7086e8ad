import Memory
import Refunds
import SQLite

/// The result of a check of a store.
package struct StoreFindings: Sendable, Equatable {
    /// The parts that are as they were written, each in one line.
    package var good: [String] = []
    /// The parts that are not.
    package var differences: [String] = []

    mutating func add(_ difference: String?, orGood good: @autoclosure () -> String) {
        if let difference { differences.append(difference) } else { self.good.append(good()) }
    }
}

extension NightStore {
    /// Checks everything: the file, every night and every part.
    package func check() throws(StateError) -> StoreFindings {
        var findings = StoreFindings()
        let found = try database.rows("PRAGMA integrity_check").compactMap { $0.first?.string }
        findings.add(
            found == ["ok"] ? nil : "the file is damaged: \(found.first ?? "no answer")", orGood: "the file is sound")
        let nights = try storedNights()
        for night in nights { try check(night, &findings) }
        let parts = try storedParts().values.sorted { $0.id < $1.id }
        let used = Set(nights.flatMap(\.parts))
        var (count, byteCount) = (0, 0)
        for part in parts {
            if let difference = try difference(part) {
                findings.differences.append(difference)
            } else {
                count += 1
                byteCount += part.indexByteCount + part.contentByteCount
            }
            if !used.contains(part.id) { findings.differences.append("part \(part.id) belongs to no night") }
        }
        if count > 0 { findings.good.append("\(count) parts, \(byteCount) bytes") }
        return findings
    }

    private func check(_ night: StoredNight, _ findings: inout StoreFindings) throws(StateError) {
        do throws(StateError) {
            let opened = try opened(night)
            let state = night.isPublished ? night.isStale ? ", stale" : "" : ", being published"
            findings.good.append("\(night.asOf): \(opened.parts.count) parts, digest \(opened.digest)\(state)")
        } catch {
            guard case .unusable(_, let reason) = error else { throw error }
            findings.differences.append("\(night.asOf): \(reason)")
        }
    }

    private func difference(_ part: StoredPart) throws(StateError) -> String? {
        do throws(StateError) {
            return try OrderMemory.disagreement(in: part, of: self).map { "part \(part.id): \($0)" }
        } catch {
            guard case .unusable(_, let reason) = error else { throw error }
            return "part \(part.id): \(reason)"
        }
    }
}

extension OrderMemory {
    /// The difference between a part's index and its orders; nil if they agree. Throws if either cannot be read.
    fileprivate static func disagreement(
        in part: StoredPart, of store: NightStore
    ) throws(StateError) -> String? {
        // Whatever day it is, nothing in it was settled too long ago.
        let day = CalendarDate(daysSinceEpoch: 0)
        let night = OpenedNight(asOf: day, ordinal: part.nightOrdinal, digest: "", parts: [part])
        let memory = try OrderMemory(
            night, path: store.path, asOf: day, rememberDays: .max, index: store.index(of:))
        let places = memory.all
        let orders = try memory.orders(at: places, content: store.content(of:))
        let (outstanding, withBreaks) = (Set(memory.outstanding), Set(memory.withBreaks))
        for (place, order) in zip(places, orders) {
            let isFound = order.links.allSatisfy { memory.places(of: $0).contains(place) }
            if !isFound || outstanding.contains(place) == order.items.isEmpty
                || withBreaks.contains(place) == order.breaks.isEmpty
            {
                return "its index is not that of its orders"
            }
        }
        return nil
    }
}
