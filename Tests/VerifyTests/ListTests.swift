import Memory
import Refunds
import Schema
import Testing
import Verify

/// What `verify` knows of columns, outcomes, codes and totals is a list of its own; it must be the product's.
@Suite struct ListTests {
    @Test func columns() {
        #expect(
            ReportLists.columns == ReportColumns.contract.map(\.title),
            "a new column goes into Column in Verify/ReportLists.swift")
    }

    @Test func outcomes() {
        #expect(
            ReportLists.outcomes == Outcome.allCases.map(\.rawValue),
            "a new outcome goes into Verify/RowRules.swift")
    }

    @Test func words() {
        #expect(Set(ReportLists.outstanding) == Set(Outcome.allCases.filter(\.isOutstanding).map(\.rawValue)))
        #expect(Set(ReportLists.atRisk) == Set(Outcome.allCases.filter(\.isAtRisk).map(\.rawValue)))
    }

    /// An info that the list does not have is accepted: it makes no row a break.
    @Test func codes() {
        let listed = Set(ReportLists.codes.map(\.name))
        let needed = ExceptionCode.allCases.filter { $0.severity != .info || listed.contains($0.rawValue) }
        #expect(
            ReportLists.codes.map(\.name) == needed.map(\.rawValue),
            "a new error or warning goes into Verify/ReportLists.swift and, where columns decide it, CodeRules.swift")
        #expect(ReportLists.codes.map(\.severity.rawValue) == needed.map(\.severity.rawValue))
    }

    @Test func totals() { #expect(ReportLists.totals == CurrencyTotals.columns.map { "\($0.name)" }) }

    @Test func ageBuckets() { #expect(ReportLists.ageBuckets == AgeBucket.allCases.map(\.rawValue)) }

    @Test func evidenceCodes() {
        let names = Set(ReportLists.codes.map(\.name))
        #expect(ReportLists.evidenceCodes.allSatisfy(names.contains))
    }
}
