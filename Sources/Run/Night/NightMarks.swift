import Core
import State

extension NightReader {
    /// What ties a row to the nights before and to come: of a break, of what was one at the last night, and of an open item.
    func mark(_ row: ResultRow) -> NightMark? {
        let ledger = night.ledger
        guard row.isException || row.isOutstanding || ledger.before?.isEmpty == false else { return nil }
        let key = key(row)
        guard row.isException || row.isOutstanding || ledger.mayKnow(key) else { return nil }
        let (id, amounts) = (key.id, BreakAmounts.text(row))
        let standing = ledger.standing(
            id, isBreak: row.isException, isOutstanding: row.isOutstanding, amounts: amounts)
        if standing == nil, !row.isOutstanding { return nil }
        let known = ledger.known(id)
        // What a person has settled is followed no longer once its refund has ended.
        let isFollowed = known != nil || (row.isException && (standing != .settled || row.isOutstanding))
        return NightMark(
            id: id, amounts: amounts, standing: standing, since: isFollowed ? ledger.since(id) : nil,
            nights: isFollowed ? ledger.nights(id, isBreak: row.isException) : nil)
    }
}
