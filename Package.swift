// swift-tools-version: 6.2
import PackageDescription

// Three groups of targets, one direction of dependency: `Sources` (shared, Embedded-clean) never imports
// `precompute` (native only). The Embedded flags stand in scripts/toolsets, not here: `.when(platforms: [.linux])`
// matches the wasm triple too, so the manifest cannot tell the two builds apart.

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

// The module has no checks of exclusive access at run time; a release build has none in the same code, so that it is as fast. What
// the compiler can check it does, a debug build checks the rest.
let unguarded: [SwiftSetting] =
  strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

/// A target that compiles natively and as Embedded Swift for wasm.
func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: unguarded)
}

/// A native target of the precompute job.
func native(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "precompute/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies + [.byName(name: name)], swiftSettings: strict)
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "martlet",
  platforms: [.macOS(.v14)],
  products: [
    .executable(name: "martlet", targets: ["martlet"]),
    .executable(name: "scorer", targets: ["EdgeModule"]),
    .executable(name: "scorer-cli", targets: ["EdgeCommand"]),
    .executable(name: "probe-module", targets: ["ProbeModule"]),
    .library(name: "probe", type: .dynamic, targets: ["Probe"]),
    // For the package of the benchmarks.
    .library(
      name: "MartletScorer",
      targets: ["Bytes", "Digest", "EdgeService", "Recommender", "Session", "SnapshotFormat"]),
    .library(name: "MartletPrecompute", targets: ["Configuration", "EventLog", "Models"]),
    .library(name: "MartletTestSupport", targets: ["TestSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Shared: what runs at the edge.
    .target(name: "SIMDKernels", path: "Sources/SIMDKernels"),
    shared("Bytes"),
    shared("Digest", ["Bytes"]),
    shared("JSONText", ["Bytes"]),
    shared("SQLiteReader", ["Bytes"]),
    shared("SnapshotFormat", ["Bytes"]),
    shared("Session", ["Bytes", "JSONText"]),
    shared("Recommender", ["Bytes", "SIMDKernels", "SQLiteReader", "SnapshotFormat", "Session"]),
    shared("EdgeService", ["Bytes", "Digest", "JSONText", "Recommender", "Session", "SnapshotFormat", "SQLiteReader"]),
    // The two wasm products, and the symbols that Embedded Swift expects from a C library.
    .target(name: "EdgeRuntime", path: "Sources/EdgeRuntime"),
    .executableTarget(
      name: "EdgeModule", dependencies: ["EdgeRuntime", "EdgeService", "Bytes"], path: "Sources/EdgeModule",
      swiftSettings: strict),
    .executableTarget(
      name: "EdgeCommand", dependencies: ["Bytes", "EdgeRuntime", "EdgeService", "Recommender", "SnapshotFormat"],
      path: "Sources/EdgeCommand",
      swiftSettings: strict + [.enableExperimentalFeature("Extern")]),

    // Native: the precompute job.
    .systemLibrary(name: "CZlib", path: "precompute/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPrefetch", path: "precompute/CPrefetch"),
    native("Configuration", ["Bytes", "Session", "SnapshotFormat", yams]),
    native("EventLog", ["Bytes", "CZlib", "Configuration", "Digest", "JSONText", "Session"]),
    native("Models", ["Bytes", "Configuration", "CPrefetch", "EventLog", "Session", "SnapshotFormat"]),
    native(
      "SnapshotWriter",
      [
        "Bytes", "Configuration", "Digest", "EventLog", "Models", "Recommender", "Session", "SnapshotFormat",
        "SQLiteReader",
        grdb,
      ]),
    native("Publishing", ["SnapshotWriter"]),
    native("Simulation", ["Models"]),
    native("SessionNeighbours", ["EventLog", "Models"]),
    native(
      "Report", ["Bytes", "EventLog", "Recommender", "Session", "SnapshotFormat", "SnapshotWriter", grdb]),
    native(
      "Replay",
      ["Bytes", "Configuration", "EventLog", "Models", "Recommender", "Session", "SnapshotFormat", "SnapshotWriter"]),
    native(
      "Ranking",
      [
        "Bytes", "Configuration", "EventLog", "Models", "Recommender", "Replay", "Session", "SnapshotFormat",
        "SnapshotWriter",
      ]),
    native(
      "Evaluation",
      [
        "Bytes", "Configuration", "EventLog", "Models", "Ranking", "Recommender", "Replay", "Report", "Session",
        "SessionNeighbours", "SnapshotWriter",
      ]),
    native(
      "Tuning",
      [
        "Bytes", "Configuration", "Digest", "Evaluation", "EventLog", "Models", "Ranking", "Recommender", "Replay",
        "Report",
        "Session", "SnapshotWriter",
      ]),
    .executableTarget(
      name: "martlet",
      dependencies: [
        "Bytes", "Configuration", "EdgeService", "Evaluation", "EventLog", "Models", "Publishing", "Ranking",
        "Recommender", "Replay", "Report", "Session", "Simulation", "SnapshotFormat", "SnapshotWriter", "Tuning",
        arguments,
        grdb, logging,
      ], path: "precompute/CLI", swiftSettings: strict),

    // Tests. The probe drives the readers of untrusted bytes from Python, as a native library and as wasm.
    .target(
      name: "Probe",
      dependencies: [
        "Bytes", "EdgeService", "JSONText", "Recommender", "SIMDKernels", "SQLiteReader", "Session", "SnapshotFormat",
      ],
      path: "Tests/Probe", swiftSettings: strict),
    .executableTarget(
      name: "ProbeModule", dependencies: ["EdgeRuntime", "Probe"], path: "Tests/ProbeModule", swiftSettings: strict),
    // What is fuzzed: one executable, which replays the corpus, and fuzzes where scripts/fuzz has built it.
    .target(name: "FuzzEngine", path: "Tests/Fuzz/Engine"),
    .target(
      name: "FuzzTargets", dependencies: ["Bytes", "Configuration", "EventLog", "Probe", "SnapshotWriter"],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzEngine", "FuzzTargets"], path: "Tests/Fuzz/Driver", swiftSettings: strict),
    .target(
      name: "TestSupport",
      dependencies: [
        "Bytes", "Configuration", "EdgeService", "EventLog", "Models", "Recommender", "Session", "SnapshotFormat",
        "SnapshotWriter", grdb,
      ], path: "Tests/TestSupport", swiftSettings: strict),
    tests("Bytes", ["TestSupport"]),
    tests("Digest", ["Bytes"]),
    tests("JSONText", ["Bytes", "TestSupport"]),
    tests("SQLiteReader", ["Bytes", grdb]),
    tests("SnapshotFormat", ["Bytes", "SQLiteReader", "TestSupport", grdb]),
    tests("Session", ["Bytes", "TestSupport"]),
    tests(
      "Recommender",
      [
        "Bytes", "Configuration", "EventLog", "Models", "Session", "SnapshotFormat", "SnapshotWriter", "TestSupport",
        grdb,
      ]),
    tests("EdgeService", ["Bytes", "Recommender", "Session", "SnapshotFormat", "TestSupport"]),
    tests("Configuration", ["Bytes", "SnapshotFormat"]),
    tests("EventLog", ["Bytes", "Configuration", "Session", "TestSupport"]),
    tests("Models", ["Configuration", "EventLog", "Session", "SnapshotFormat", "TestSupport"]),
    tests("SessionNeighbours", ["EventLog", "Models", "Session", "TestSupport"]),
    tests(
      "Ranking",
      [
        "Configuration", "EventLog", "Models", "Recommender", "Replay", "Session", "SnapshotFormat", "SnapshotWriter",
        "TestSupport",
      ]),
    tests(
      "Evaluation",
      [
        "Bytes", "Configuration", "EdgeService", "EventLog", "Models", "Ranking", "Recommender", "Replay", "Session",
        "SnapshotFormat", "SnapshotWriter", "TestSupport",
      ]),
    tests("Tuning", ["Configuration", "Evaluation", "EventLog", "Models", "Replay", "TestSupport"]),
    tests(
      "SnapshotWriter",
      [
        "Bytes", "Configuration", "Digest", "EdgeService", "EventLog", "Models", "Recommender", "Session",
        "SnapshotFormat",
        "TestSupport", grdb,
      ]),
    tests("Publishing", ["SnapshotWriter", "TestSupport"]),
    tests("Simulation", []),
    tests("Report", ["SnapshotFormat", "TestSupport", grdb]),
  ]
)
