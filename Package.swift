// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode (the tools version's default) and warnings as errors.
let strict: [SwiftSetting] = [
    .unsafeFlags(["-warnings-as-errors"]),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "refund-recon",
    products: [.executable(name: "refund-recon", targets: ["refund-recon"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CXlsx", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev", "zlib1g-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CMinizip", pkgConfig: "minizip", providers: [.apt(["libminizip-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // What C leaves undefined ends a debug build, that of the tests too.
        .target(
            name: "CGlue",
            cSettings: [
                .unsafeFlags(
                    ["-fsanitize=undefined", "-fsanitize-trap=undefined"], .when(configuration: .debug))
            ]),

        // What every stage shares.
        .target(name: "Core", dependencies: ["CGlue"], swiftSettings: strict),
        .target(name: "JSON", dependencies: ["Core"], swiftSettings: strict),
        .target(name: "CSV", dependencies: ["Core"], swiftSettings: strict),
        .target(
            name: "Bytes", dependencies: ["CZlib", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "XLSX", dependencies: ["CMinizip", "CExpat"], swiftSettings: strict),
        .target(name: "Atlas", dependencies: ["Core", "JSON"], swiftSettings: strict),
        .target(
            name: "AtlasClient",
            dependencies: ["Core", "Atlas", "CCurl", "CZlib"],
            swiftSettings: strict),

        // The stages, in the data's order. None imports another.
        .target(name: "Ingest", dependencies: ["Core", "JSON", "CSV", "Bytes", "Atlas"], swiftSettings: strict),
        .target(name: "Query", dependencies: ["Core", "JSON", "Bytes", "Atlas", "AtlasClient"], swiftSettings: strict),
        .target(name: "Reconcile", dependencies: ["Core"], swiftSettings: strict),
        .target(name: "Report", dependencies: ["Core", "JSON", "CXlsx", "CZlib"], swiftSettings: strict),

        // What a night hands to the next.
        .target(
            name: "State",
            dependencies: ["Core", "Atlas", "CSQLite", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        // The refund API for tests and first tries, and its data.
        .target(
            name: "Sandbox",
            dependencies: ["Core", "JSON", "CZlib", nioCore, nioPosix, nioHTTP],
            swiftSettings: strict),
        .target(name: "Generate", dependencies: ["Core", "JSON"], swiftSettings: strict),

        // Checks published reports; with what makes them it shares only the readers of JSON and of workbooks.
        .target(
            name: "Verify", dependencies: ["JSON", "XLSX", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),

        // The nightly run hands values from stage to stage; the command parses arguments and calls it.
        .target(
            name: "Run",
            dependencies: [
                "Core", "JSON", "CSV", "Bytes", "Atlas", "AtlasClient", "Ingest", "Query", "Reconcile", "Report",
                "State",
                "Sandbox", "CGlue", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "refund-recon",
            dependencies: [
                "Core", "JSON", "Bytes", "Atlas", "AtlasClient", "Query", "Run", "Sandbox", "Generate", "Report",
                "Verify",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests, one target a stage; RunTests run the published command.
        .target(name: "TestSupport", dependencies: ["Core"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["Core", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["Core", "JSON", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "CSVTests", dependencies: ["CSV"], swiftSettings: strict),
        .testTarget(name: "XLSXTests", dependencies: ["XLSX", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AtlasTests", dependencies: ["Core", "JSON", "Atlas"], resources: [.copy("Samples")],
            swiftSettings: strict),
        .testTarget(
            name: "IngestTests", dependencies: ["Core", "CSV", "Bytes", "Ingest", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "QueryTests",
            dependencies: ["Core", "JSON", "Bytes", "Atlas", "AtlasClient", "Query", "Sandbox", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "ReconcileTests", dependencies: ["Core", "Reconcile"], swiftSettings: strict),
        .testTarget(
            name: "ReportTests", dependencies: ["Core", "JSON", "Report", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "StateTests", dependencies: ["Core", "CSQLite", "Atlas", "State", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Core", "Sandbox"],
            swiftSettings: strict),
        .testTarget(name: "VerifyTests", dependencies: ["Core", "Report", "Verify"], swiftSettings: strict),
        .testTarget(name: "GenerateTests", dependencies: ["Core", "JSON", "Generate"], swiftSettings: strict),
        .testTarget(
            name: "RunTests",
            // They run the command as a process: it is built before them. Run is for what is asked hundreds of times.
            dependencies: [
                "Core", "CSQLite", "JSON", "Bytes", "Report", "Run", "State", "Verify", "refund-recon",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Resources"],
            swiftSettings: strict),
        // Nights against one run, as a property of made-up inputs.
        .target(
            name: "NightSupport", dependencies: ["Core", "JSON", "CSV", "TestSupport"], path: "Tests/NightSupport",
            swiftSettings: strict),
        .testTarget(
            name: "NightsTests", dependencies: ["Core", "Run", "Verify", "NightSupport", "TestSupport"],
            swiftSettings: strict),
        // The command as a process, against a sandbox that fails, and killed at any moment.
        .testTarget(
            name: "ReliabilityTests",
            dependencies: ["Core", "JSON", "Bytes", "Query", "NightSupport", "TestSupport", "refund-recon"],
            swiftSettings: strict),
        // Stories: the command as a person, cron and Atlas meet it, in processes of its own.
        .testTarget(
            name: "StoryTests", dependencies: ["Core", "JSON", "Bytes", "refund-recon"], swiftSettings: strict),
    ]
)

// A build for a few tests alone, such as that of `make sanitize`: their targets, separated by spaces.
if let testTargets = Context.environment["REFUND_RECON_TEST_TARGETS"] {
    let names = testTargets.split(separator: " ").map(String.init)
    package.targets.removeAll { $0.isTest && !names.contains($0.name) }
}
