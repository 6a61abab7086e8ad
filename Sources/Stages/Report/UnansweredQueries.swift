import Memory
import Refunds

/// The queries of a night that have no answer, and why, as the verdict and the messages of a run name them.
package struct UnansweredQueries: Sendable {
    package let failures: QueryFailures
    /// The cases that could be asked about.
    package let queryable: Int

    package init(_ failures: QueryFailures, of queryable: Int) {
        self.failures = failures
        self.queryable = queryable
    }

    /// The number of causes that fit into the line of a verdict.
    private static let mostCauses = 4

    /// `212 of 280 queries unanswered: connection refused 180, HTTP 503 32`
    package var text: String {
        let causes = failures.byCause(most: Self.mostCauses).map { "\($0.cause) \(grouped(String($0.count)))" }
        return
            "\(grouped(String(failures.count))) of \(grouped(String(queryable))) \(queryable == 1 ? "query" : "queries") "
            + "unanswered: " + causes.joined(separator: ", ")
    }
}
