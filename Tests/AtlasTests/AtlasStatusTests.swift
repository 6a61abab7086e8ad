import Atlas
import Testing

/// Every status of Atlas's error pages: what it means for a query, and whether a person is advised.
@Suite struct AtlasStatusTests {
    @Test(
        arguments: [
            (0, .success, false), (-1, .passing, false), (2, .passing, false), (705, .passing, false),
            (9999, .passing, false), (703, .notFound, true), (801, .notFound, true),
            (900, .credentialsRefused, false), (902, .credentialsRefused, false), (100, .final, true),
            (901, .final, true), (809, .final, true), (811, .final, true), (822, .final, true), (823, .final, true),
            (814, .refundExists, true), (816, .refundExists, true), (817, .refundExists, true),
            (818, .refundExists, true), (815, .final, false), (1, .final, false), (-2, .final, false),
        ] as [(Int, AtlasStatus, Bool)])
    func meaning(_ code: Int, _ meaning: AtlasStatus, _ hasAdvice: Bool) {
        #expect(AtlasStatus(code) == meaning)
        #expect((AtlasStatus.advice(code) != nil) == hasAdvice)
    }
}
