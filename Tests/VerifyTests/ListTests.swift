import Memory
import Refunds
import Schema
import Testing
import Verify

/// What `verify` knows of columns, outcomes, codes and totals is a list of its own; it must be the product's.
@Suite struct ListTests {
    @Test func columns() { #expect(ReportLists.columns == ReportColumns.contract.map(\.title)) }

    @Test func outcomes() { #expect(ReportLists.outcomes == Outcome.allCases.map(\.rawValue)) }

    @Test func words() {
        #expect(Set(ReportLists.outstanding) == Set(Outcome.allCases.filter(\.isOutstanding).map(\.rawValue)))
        #expect(Set(ReportLists.atRisk) == Set(Outcome.allCases.filter(\.isAtRisk).map(\.rawValue)))
    }

    @Test func codes() {
        #expect(ReportLists.codes.map(\.name) == ExceptionCode.allCases.map(\.rawValue))
        #expect(ReportLists.codes.map(\.severity.rawValue) == ExceptionCode.allCases.map { "\($0.severity)" })
    }

    @Test func totals() { #expect(ReportLists.totals == CurrencyTotals.columns.map { "\($0.name)" }) }

    @Test func ageBuckets() { #expect(ReportLists.ageBuckets == AgeBucket.allCases.map(\.rawValue)) }

    @Test func evidenceCodes() {
        let names = Set(ReportLists.codes.map(\.name))
        #expect(ReportLists.evidenceCodes.allSatisfy(names.contains))
    }
}
