import Core

/// What a check of a store found.
public struct StoreFindings: Sendable, Equatable {
    /// What is as it was written, each in one line.
    public var good: [String] = []
    /// What is not.
    public var differences: [String] = []

    mutating func add(_ difference: String?, orGood good: @autoclosure () -> String) {
        if let difference { differences.append(difference) } else { self.good.append(good()) }
    }
}

extension NightStore {
    /// Checks everything: the file, every night and every part.
    ///
    /// - Parameter agrees: what is wrong with a part whose bytes are as they were written; nil for nothing.
    public func check(
        _ agrees: (_ index: [UInt8], _ content: [UInt8]) -> String? = { _, _ in nil }
    ) throws(StateError) -> StoreFindings {
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
            if let difference = try difference(part, agrees) {
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

    private func difference(
        _ part: StoredPart, _ agrees: ([UInt8], [UInt8]) -> String?
    ) throws(StateError) -> String? {
        do throws(StateError) {
            return agrees(try index(of: part), try content(of: part)).map { "part \(part.id): \($0)" }
        } catch {
            guard case .unusable(_, let reason) = error else { throw error }
            return "part \(part.id): \(reason)"
        }
    }
}
