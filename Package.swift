// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode (the tools version's default) and warnings as errors.
let strict: [SwiftSetting] = [
    .unsafeFlags(["-warnings-as-errors"]),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Views of bytes that cannot outlive them.
    .enableExperimentalFeature("Lifetimes"),
]

/// The three floors: memory safety is checked, and on the ground floor each unsafe construct is marked. The tests, which speak
/// to the system themselves, are not held to it.
let safe = strict + [.strictMemorySafety()]

/// Machinery: memory, files, formats, the system. It knows nothing of refunds, and all unsafe code is here.
func ground(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Ground/\(name)", swiftSettings: safe)
}

/// A library of C that Debian has.
func library(_ name: String, pkgConfig: String, _ packages: [String]) -> Target {
    .systemLibrary(name: name, path: "Sources/Ground/\(name)", pkgConfig: pkgConfig, providers: [.apt(packages)])
}

/// The trade: refunds and the rules about them, values in, values out. No files, no clock, no network.
func trade(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Trade/\(name)", swiftSettings: safe)
}

/// A stage of the night, which knows its own job and no other stage.
func stage(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Stages/\(name)", swiftSettings: safe)
}

/// The tests of a target, or of the command.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

/// What several targets of tests share.
func testSupport(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
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
        // MARK: Ground floor
        library("CXlsx", pkgConfig: "xlsxwriter", ["libxlsxwriter-dev", "zlib1g-dev"]),
        library("CSQLite", pkgConfig: "sqlite3", ["libsqlite3-dev"]),
        library("CZlib", pkgConfig: "zlib", ["zlib1g-dev"]),
        library("CExpat", pkgConfig: "expat", ["libexpat1-dev"]),
        library("CCurl", pkgConfig: "libcurl", ["libcurl4-openssl-dev"]),
        // What C leaves undefined ends a debug build, that of the tests too.
        .target(
            name: "CGlue", path: "Sources/Ground/CGlue",
            cSettings: [
                .unsafeFlags(
                    ["-fsanitize=undefined", "-fsanitize-trap=undefined"], .when(configuration: .debug))
            ]),
        ground("Memory", ["CGlue"]),
        ground("Tasks"),
        ground("Compression", ["CZlib"]),
        ground("Files", ["Memory", "Tasks", "Compression", "CGlue", crypto]),
        ground("Processes", ["Files", "CGlue"]),
        ground("HTTP", ["Compression", "Processes", "CCurl"]),
        ground("SQLite", ["Files", "CSQLite"]),
        ground("CSV", ["Memory"]),
        ground("JSON", ["Memory"]),
        ground("Records", ["Memory", "Tasks", "Files", "CSV", "JSON"]),
        ground("XLSX", ["Memory", "Compression", "Files", "CXlsx", "CExpat"]),

        // MARK: First floor
        trade("Refunds", ["Memory"]),
        // What a report has, and how a person reads it.
        trade("Schema", ["Memory", "Refunds"]),
        trade("Rules", ["Memory", "Refunds"]),
        trade("Atlas", ["Memory", "Refunds", "JSON", "Records"]),

        // MARK: Top floor
        stage("AtlasClient", ["Memory", "Refunds", "Files", "HTTP", "Atlas"]),
        stage("Ingest", ["Memory", "Refunds", "JSON", "CSV", "Files", "Records", "Atlas"]),
        stage(
            "Query",
            [
                "Memory", "Refunds", "Compression", "JSON", "Files", "Tasks", "Records", "Processes", "Atlas",
                "AtlasClient",
            ]),
        stage("Report", ["Memory", "Refunds", "Schema", "CSV", "JSON", "Files", "XLSX"]),
        // How a report gets to its place, with the evidence that it is the one that was made.
        stage("Publish", ["Memory", "Refunds", "JSON", "Files", crypto]),
        // What a night hands to the next.
        stage("Night", ["Memory", "Refunds", "Rules", "Atlas", "JSON", "Files", "Tasks", "SQLite", crypto]),
        // The refund API for tests and first tries, and its data.
        stage(
            "Sandbox", ["Memory", "Refunds", "JSON", "Compression", "Files", "Processes", nioCore, nioPosix, nioHTTP]),
        stage("Generate", ["Memory", "Refunds", "JSON", "Files"]),
        // Checks published reports; with what makes them it shares only the readers of JSON and of workbooks.
        stage("Verify", ["Memory", "Files", "JSON", "XLSX", crypto]),
        // The nightly run hands values from stage to stage; the command parses arguments and calls it.
        stage(
            "Run",
            [
                "Memory", "Refunds", "JSON", "CSV", "Files", "Tasks", "Processes", "Atlas", "AtlasClient", "Ingest",
                "Query", "Rules", "Schema", "Report", "Publish", "Night", "Sandbox", "XLSX", crypto,
            ]),
        .executableTarget(
            name: "refund-recon",
            dependencies: [
                "Memory", "Refunds", "JSON", "Files", "Tasks", "Processes", "Atlas", "AtlasClient", "Query", "Run",
                "Sandbox", "Generate", "Report", "Verify", argumentParser,
            ],
            path: "Sources/Stages/refund-recon", swiftSettings: safe),

        // MARK: Tests, one target for each of the project's; RunTests run the published command.
        testSupport("TestSupport", ["Memory", "Refunds"]),
        tests("MemoryTests", ["Memory", "TestSupport"]),
        tests("RefundsTests", ["Memory", "Refunds", "TestSupport"]),
        tests("JSONTests", ["Memory", "Refunds", "JSON", "TestSupport"]),
        tests("FilesTests", ["Compression", "Files", "Processes"]),
        tests("CSVTests", ["CSV"]),
        tests("XLSXTests", ["Memory", "Files", "XLSX", "TestSupport"]),
        tests("AtlasTests", ["Memory", "Refunds", "JSON", "Atlas"], resources: [.copy("Samples")]),
        tests("IngestTests", ["Memory", "Refunds", "CSV", "Files", "Tasks", "Ingest", "TestSupport"]),
        tests(
            "QueryTests",
            [
                "Memory", "Refunds", "JSON", "Compression", "Files", "Tasks", "Atlas", "AtlasClient", "Query",
                "Sandbox",
                "TestSupport",
            ]),
        tests("SchemaTests", ["Memory", "Refunds", "Schema"]),
        tests("RulesTests", ["Memory", "Refunds", "Rules"]),
        tests("ReportTests", ["Memory", "Refunds", "Schema", "CSV", "JSON", "XLSX", "Report", "TestSupport"]),
        tests("NightTests", ["Memory", "Refunds", "Rules", "Atlas", "CSQLite", "Night", "TestSupport"]),
        tests("SandboxTests", ["Memory", "Refunds", "Compression", "Files", "Sandbox"]),
        tests("VerifyTests", ["Memory", "Files", "Refunds", "Schema", "Verify"]),
        tests("GenerateTests", ["Memory", "Refunds", "JSON", "Files", "Generate"]),
        tests(
            "RunTests",
            // They run the command as a process: it is built before them. Run is for what is asked hundreds of times.
            [
                "Memory", "Refunds", "CSQLite", "JSON", "Compression", "Files", "Tasks", "Report", "Publish", "Run",
                "Night", "Verify",
                "refund-recon", crypto,
            ],
            exclude: ["Resources"]),
        // Nights against one run, as a property of made-up inputs.
        testSupport("NightSupport", ["Memory", "Refunds", "JSON", "CSV", "TestSupport"]),
        tests("NightsTests", ["Memory", "Refunds", "Report", "Run", "Verify", "NightSupport", "TestSupport"]),
        // The command as a process, against a sandbox that fails, and killed at any moment.
        tests(
            "ReliabilityTests",
            [
                "Memory", "Refunds", "JSON", "Files", "Tasks", "Query", "NightSupport", "TestSupport", "refund-recon",
            ]),
        // Stories: the command as a person, cron and Atlas meet it, in processes of its own.
        tests("StoryTests", ["Memory", "Refunds", "JSON", "Files", "Tasks", "refund-recon"]),
    ]
)

// A build for a few tests alone, such as that of `make sanitize`: their targets, separated by spaces.
if let testTargets = Context.environment["REFUND_RECON_TEST_TARGETS"] {
    let names = testTargets.split(separator: " ").map(String.init)
    package.targets.removeAll { $0.isTest && !names.contains($0.name) }
}
