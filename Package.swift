// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let signals = Target.Dependency.product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "dunning-parity",
    products: [
        .executable(name: "dunning-parity", targets: ["dunning-parity"]),
        // What the benchmarks measure, each by itself.
        .library(
            name: "ParityParts",
            targets: [
                "BillingModel", "MirrorLog", "DunningBrain", "ShadowRun", "DivergenceAnalysis",
                "ParityReport", "FleetSimulation", "RegressionCorpus", "ReportPages",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: words and scanners.
        .target(name: "BillingModel"),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.unsafeFlags(["-O3"])],
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
        .target(name: "CDeflate", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CLibCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),

        // Floor 1: the log, the brain, the legacy paths.
        .target(name: "MirrorLog", dependencies: ["BillingModel", "CSimdJSON", crypto]),
        .target(name: "DunningBrain", dependencies: ["BillingModel"]),
        .target(name: "LegacyPaths", dependencies: ["BillingModel"]),

        // Floor 2: two runs of the same facts, and why they differ.
        .target(
            name: "ShadowRun",
            dependencies: ["BillingModel", "MirrorLog", "DunningBrain", "LegacyPaths"]
        ),
        .target(
            name: "DivergenceAnalysis",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "LegacyPaths", "ShadowRun", crypto,
            ]
        ),

        // Floor 3: what people and machines read.
        .target(name: "PackedLog", dependencies: ["CSQLite", "MirrorLog", "DivergenceAnalysis"]),
        .target(
            name: "ParityReport",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "ShadowRun", "DivergenceAnalysis",
                crypto, yams,
            ]
        ),
        .target(
            name: "FleetSimulation",
            dependencies: ["BillingModel", "MirrorLog", "LegacyPaths", yams]
        ),

        .target(
            name: "RegressionCorpus",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "LegacyPaths", "ShadowRun",
                "DivergenceAnalysis", "ParityReport", crypto, yams,
            ]
        ),

        .target(
            name: "CutoverGate",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "ShadowRun", "DivergenceAnalysis",
                "ParityReport", "RegressionCorpus", crypto, yams,
            ]
        ),

        // Floor 4: the edges.
        .target(
            name: "ReportPages",
            dependencies: [
                "BillingModel", "CDeflate", "MirrorLog", "DunningBrain", "ShadowRun",
                "DivergenceAnalysis", "ParityReport", "CutoverGate", crypto, mustache,
            ],
            resources: [
                .embedInCode("Resources/report.mustache"), .embedInCode("Resources/gate.mustache"),
                .embedInCode("Resources/page.css"), .embedInCode("Resources/report.js"),
            ]
        ),
        .target(
            name: "StripeMirror",
            dependencies: [
                "BillingModel", "CLibCurl", "MirrorLog", crypto, flyingFox, flyingSocks,
            ]
        ),
        .target(
            name: "PostgresMirror",
            dependencies: ["BillingModel", "CLibPQ", "MirrorLog", yams],
            resources: [.embedInCode("Resources/tryout.sql")]
        ),

        .target(
            name: "MirrorStore",
            dependencies: ["BillingModel", "MirrorLog", "PostgresMirror", crypto, grdb]
        ),

        // Floor 5: all of the live mirror together.
        .target(
            name: "LiveMirror",
            dependencies: [
                "BillingModel", "MirrorLog", "ShadowRun", "DivergenceAnalysis", "ParityReport",
                "PostgresMirror", "StripeMirror", "MirrorStore", flyingFox, flyingSocks, grdb,
                lifecycle, logging,
            ]
        ),

        // Floor 6: the command line.
        .executableTarget(
            name: "dunning-parity",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "ShadowRun", "DivergenceAnalysis",
                "ParityReport", "RegressionCorpus", "CutoverGate", "FleetSimulation",
                "ReportPages", "PackedLog", "PostgresMirror", "StripeMirror", "MirrorStore",
                "LiveMirror",
                argumentParser,
                lifecycle, signals, logging,
            ]
        ),

        // Brains that are broken on purpose, for tests and for nothing else.
        .target(
            name: "BrokenBrains",
            dependencies: ["BillingModel", "DunningBrain"],
            path: "Tests/BrokenBrains"
        ),

        // A PostgreSQL of its own for whoever tests against one.
        .target(name: "ThrowawayPostgres", path: "Tests/ThrowawayPostgres"),

        // A Stripe that answers what it is told to, for tests and for nothing else.
        .target(name: "ScriptedStripe", path: "Tests/ScriptedStripe"),

        // How quick the Stripe mirror is, against a server of its own.
        .executableTarget(
            name: "stripe-rate",
            dependencies: ["BillingModel", "MirrorLog", "ScriptedStripe", "StripeMirror"],
            path: "Benchmarks/stripe-rate.d"
        ),
        // The same of the PostgreSQL mirror.
        .executableTarget(
            name: "postgres-rate",
            dependencies: ["BillingModel", "MirrorLog", "PostgresMirror", "ThrowawayPostgres"],
            path: "Benchmarks/postgres-rate.d"
        ),

        .testTarget(name: "BillingModelTests", dependencies: ["BillingModel"]),
        .testTarget(name: "MirrorLogTests", dependencies: ["BillingModel", "MirrorLog"]),
        .testTarget(
            name: "DunningBrainTests",
            dependencies: ["BillingModel", "BrokenBrains", "DunningBrain"]
        ),
        .testTarget(
            name: "LegacyPathsTests",
            dependencies: ["BillingModel", "LegacyPaths"]
        ),
        .testTarget(
            name: "DivergenceAnalysisTests",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "LegacyPaths", "ShadowRun",
                "DivergenceAnalysis",
            ]
        ),
        .testTarget(
            name: "ParityReportTests",
            dependencies: [
                "BillingModel", "BrokenBrains", "MirrorLog", "DunningBrain", "ShadowRun",
                "DivergenceAnalysis",
                "ParityReport", "FleetSimulation",
            ]
        ),
        .testTarget(
            name: "PackedLogTests",
            dependencies: [
                "BillingModel", "CSQLite", "MirrorLog", "ShadowRun", "DivergenceAnalysis",
                "ParityReport", "FleetSimulation", "PackedLog",
            ]
        ),
        .testTarget(
            name: "RegressionCorpusTests",
            dependencies: [
                "BillingModel", "BrokenBrains", "MirrorLog", "DunningBrain", "LegacyPaths",
                "ShadowRun", "DivergenceAnalysis", "ParityReport", "RegressionCorpus",
                "FleetSimulation",
            ]
        ),
        .testTarget(
            name: "CutoverGateTests",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "ShadowRun", "DivergenceAnalysis",
                "ParityReport", "RegressionCorpus", "CutoverGate", "ReportPages",
                "FleetSimulation",
            ]
        ),
        .testTarget(
            name: "ReportPagesTests",
            dependencies: [
                "BillingModel", "MirrorLog", "DunningBrain", "ShadowRun", "DivergenceAnalysis",
                "ParityReport", "FleetSimulation", "ReportPages",
            ],
            exclude: ["Snapshots"]
        ),
        .testTarget(
            name: "LiveMirrorTests",
            dependencies: [
                "BillingModel", "MirrorLog", "ShadowRun", "DivergenceAnalysis", "ParityReport",
                "FleetSimulation", "MirrorStore", "PostgresMirror", "StripeMirror",
                "ScriptedStripe", "LiveMirror",
            ]
        ),
        .testTarget(
            name: "MirrorStoreTests",
            dependencies: [
                "BillingModel", "MirrorLog", "PostgresMirror", "MirrorStore", "ThrowawayPostgres",
                grdb,
            ]
        ),
        .testTarget(
            name: "PostgresMirrorTests",
            dependencies: ["BillingModel", "MirrorLog", "PostgresMirror", "ThrowawayPostgres"]
        ),
        .testTarget(
            name: "StripeMirrorTests",
            dependencies: ["BillingModel", "MirrorLog", "ScriptedStripe", "StripeMirror"]
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["PostgresMirror", "ScriptedStripe", "ThrowawayPostgres"],
            exclude: ["Snapshots"]
        ),
        .testTarget(
            name: "FleetSimulationTests",
            dependencies: ["BillingModel", "MirrorLog", "LegacyPaths", "FleetSimulation"]
        ),
        .testTarget(name: "TidyTests"),
    ],
    swiftLanguageModes: [.v6]
)

/// The settings every Swift target shares.
///
/// There are no exceptions.
let settings: [SwiftSetting] = [
    // `any` marks every existential, so their cost shows where it is paid.
    .enableUpcomingFeature("ExistentialAny"),
    // A plain `import` is private: leaking a dependency into an interface takes `public import`.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // A member is visible only where its module is imported.
    .enableUpcomingFeature("MemberImportVisibility"),
    // An async function stays on its caller's isolation unless it says otherwise.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

for target in package.targets {
    switch target.type {
    case .regular where ["CDeflate", "CSQLite", "CSimdJSON"].contains(target.name):
        continue  // C and C++: the Swift settings do not apply.
    case .regular, .executable, .test:
        target.swiftSettings = (target.swiftSettings ?? []) + settings
    default:
        continue
    }
}
