import Memory
import Refunds

/// The walk from expected to paid, in one currency. Its steps add up exactly.
struct Bridge: Equatable {
    /// One step: its name and its amount.
    struct Step: Equatable {
        let name: String
        let change: Total
    }

    let expected: Total
    let steps: [Step]
    let final: Total

    init(_ totals: CurrencyTotals) {
        expected = totals.expected.refund
        final = totals.final.refund
        var steps = [
            Step(name: "In progress", change: -totals.inProgress),
            Step(name: "At risk", change: -totals.atRisk),
            Step(name: "Original", change: totals.variance.original),
            Step(name: "Penalty", change: -totals.variance.penalty),
            Step(name: "Fee", change: -totals.variance.fee),
            Step(name: "Unexplained", change: totals.unexplained),
        ]
        // The rest: paid but never quoted, paid in another currency, or without the parts that would explain it.
        let walked = steps.reduce(expected) { $0 + $1.change }
        steps.append(Step(name: "Other", change: final - walked))
        self.steps = steps
    }

    /// The names of the columns of the walk.
    static let names = [
        "Expected", "In progress", "At risk", "Original", "Penalty", "Fee", "Unexplained", "Other", "Final",
    ]

    /// How the walk is read.
    static let note =
        "What is in progress or at risk is not paid. Variances have the sign with which they change the refund. "
        + "Other is paid, and cannot be compared."

    /// The columns of the walk: the ends and the steps.
    var values: [Total] { [expected] + steps.map(\.change) + [final] }

    /// One bar of a waterfall: an invisible base, and on it the whole, a rise or a fall.
    struct Bar: Equatable {
        let name: String
        let base: Total
        var whole = Total()
        var rise = Total()
        var fall = Total()
    }

    /// The bars; nil if the walk goes below zero, which stacked columns cannot show.
    var bars: [Bar]? {
        var bars = [Bar(name: Self.names[0], base: Total(), whole: expected)]
        var level = expected.minorUnits
        var lowest = level
        for step in steps {
            let next = level + step.change.minorUnits
            let size = Total(minorUnits: abs(step.change.minorUnits))
            let base = Total(minorUnits: min(level, next))
            if step.change.minorUnits < 0 {
                bars.append(Bar(name: step.name, base: base, fall: size))
            } else {
                bars.append(Bar(name: step.name, base: base, rise: size))
            }
            level = next
            lowest = min(lowest, level)
        }
        bars.append(Bar(name: Self.names[8], base: Total(), whole: final))
        return lowest < 0 ? nil : bars
    }
}
