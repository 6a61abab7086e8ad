extension Population {
    /// The smallest population found that still fails: records, answers and nights are left out as long as it does.
    package func shrunk(mostTries: Int, _ fails: (Population) async throws -> Bool) async throws -> Population {
        var smallest = self
        var tries = 0
        var hasShrunk = true
        while hasShrunk {
            hasShrunk = false
            var place = 0
            while place < smallest.removals.count, tries < mostTries {
                var smaller = smallest
                smallest.removals[place](&smaller)
                tries += 1
                if smaller != smallest, try await fails(smaller) {
                    smallest = smaller
                    hasShrunk = true
                } else {
                    place += 1
                }
            }
        }
        return smallest
    }

    /// Each way to leave something out, the larger first.
    private var removals: [@Sendable (inout Population) -> Void] {
        var removals: [@Sendable (inout Population) -> Void] = [
            { $0.requeryAfterDays = 0 }, { $0.auditsRules = false },
        ]
        for night in nights.indices {
            if nights.count > 1 { removals.append { $0.nights.remove(at: night) } }
            if night > 0 { removals.append { $0.join(night) } }
            removals.append { $0.nights[night].nightsRunAgain = 0 }
            removals.append { $0.nights[night].forgetsBefore = false }
            removals.append { $0.nights[night].firstRunLacks = nil }
            removals.append { $0.nights[night].isInTwoFiles = false }
            removals.append { $0.nights[night].answers = [] }
        }
        for night in nights.indices {
            for place in nights[night].orders.indices { removals.append { $0.nights[night].orders.remove(at: place) } }
            for place in nights[night].webhooks.indices {
                removals.append { $0.nights[night].webhooks.remove(at: place) }
            }
            for place in nights[night].answers.indices {
                removals.append { $0.nights[night].answers.remove(at: place) }
                if case .found(let entries) = nights[night].answers[place].outcome, entries.count > 1 {
                    for entry in entries.indices {
                        removals.append { population in
                            var entries = entries
                            entries.remove(at: entry)
                            population.nights[night].answers[place].outcome = .found(entries)
                        }
                    }
                }
            }
            for place in nights[night].orders.indices {
                for name in nights[night].orders[place].values.keys.sorted()
                where !["currency", "requestedAt", "transactionFee", "originalTotalFareAmount"].contains(name) {
                    removals.append { $0.nights[night].orders[place][name] = nil }
                }
            }
        }
        return removals
    }

    /// Puts what comes on a night into the night before.
    private mutating func join(_ night: Int) {
        let later = nights.remove(at: night)
        nights[night - 1].orders += later.orders
        nights[night - 1].webhooks += later.webhooks
        nights[night - 1].answers += later.answers
    }
}
