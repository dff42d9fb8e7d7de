// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The parts are `package` declarations: the benchmarks are compiled as one package with them.
let house = URL(filePath: Context.packageDirectory).deletingLastPathComponent().lastPathComponent
let packageName = String(
    house.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
)

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "dunning-parity", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Parts",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "ParityParts", package: "dunning-parity"),
            ],
            path: "Benchmarks/Parts",
            packageAccess: false,
            swiftSettings: [.unsafeFlags(["-package-name", packageName])],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    ],
    swiftLanguageModes: [.v6]
)
