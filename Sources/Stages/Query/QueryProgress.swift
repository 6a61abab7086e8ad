/// How far the stage has come.
package struct QueryProgress: Sendable, Equatable {
    package var total: Int
    /// Answered or given up, including questions that an earlier run had answered.
    package var done: Int
    package var ok: Int
    package var failed: Int
    /// Put back, to be asked in a later round.
    package var waiting: Int
    /// In a pause: when the next round begins.
    package var nextRoundInSeconds: Int?
    /// Requests sent by this run.
    package var attempts: Int
    /// Questions that this run finishes a second.
    package var perSecond: Double
    /// nil while nothing can be said.
    package var remainingSeconds: Int?

    init(_ counts: QueryCounts, total: Int, elapsed: Duration, pause: Duration?) {
        self.total = total
        done = counts.ok + counts.failed
        ok = counts.ok
        failed = counts.failed
        waiting = counts.waiting
        nextRoundInSeconds = pause.map { Int(($0 / .seconds(1)).rounded(.up)) }
        attempts = counts.attempts
        let seconds = elapsed / .seconds(1)
        let fresh = Double(done - counts.resumed)
        perSecond = seconds > 0 ? fresh / seconds : 0
        let remaining = Double(total - done) / perSecond
        remainingSeconds = remaining.isFinite && remaining < 1e9 ? Int(remaining.rounded(.up)) : nil
    }
}

/// Progress as one line of a terminal.
package enum ProgressLine {
    /// `1,234/10,000 asked, 1,200 ok, 34 failed, 19.8/s, 7m23s to go`; with `5 waiting` where some are asked again later, and
    /// `next round in 10s` in a pause.
    package static func text(_ progress: QueryProgress) -> String {
        let tenths = Int((progress.perSecond * 10).rounded())
        var text = "\(grouped(progress.done))/\(grouped(progress.total)) asked, \(grouped(progress.ok)) ok, "
        text += "\(grouped(progress.failed)) failed, "
        if progress.waiting > 0 { text += "\(grouped(progress.waiting)) waiting, " }
        if let seconds = progress.nextRoundInSeconds { return text + "next round in \(duration(seconds))" }
        text += "\(grouped(tenths / 10)).\(tenths % 10)/s"
        if progress.done < progress.total, let seconds = progress.remainingSeconds {
            text += ", \(duration(seconds)) to go"
        }
        return text
    }

    /// Thousands apart.
    static func grouped(_ number: Int) -> String {
        var text = ""
        let digits = String(number)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `2h05m`, `7m23s`, `9s`
    static func duration(_ seconds: Int) -> String {
        let padded = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        if seconds >= 3600 { return "\(seconds / 3600)h\(padded(seconds / 60 % 60))m" }
        if seconds >= 60 { return "\(seconds / 60)m\(padded(seconds % 60))s" }
        return "\(seconds)s"
    }
}
