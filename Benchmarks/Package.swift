// swift-tools-version: 6.2
import PackageDescription

// What is timed, apart from what ships: its executables see of the project what any other package would.

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let precompute: Target.Dependency = .product(name: "MartletPrecompute", package: "martlet")
let scorer: Target.Dependency = .product(name: "MartletScorer", package: "martlet")
let testSupport: Target.Dependency = .product(name: "MartletTestSupport", package: "martlet")

func benchmark(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: "\(name)-benchmark", dependencies: dependencies, path: folder, swiftSettings: strict)
}

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v14)],
  dependencies: [
    .package(name: "martlet", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    benchmark("answers", "Answers", [scorer, arguments]),
    benchmark("factors", "Factors", [precompute, scorer, arguments]),
    benchmark("lists", "Lists", [precompute, arguments]),
    benchmark("rules", "Rules", [precompute, scorer, testSupport]),
  ]
)
