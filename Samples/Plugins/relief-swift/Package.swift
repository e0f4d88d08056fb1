// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "relief",
  platforms: [.macOS(.v15)],
  products: [
    // The shared library that featuremap loads: .build/debug/libReliefPlugin.so
    .library(name: "ReliefPlugin", type: .dynamic, targets: ["ReliefPlugin"])
  ],
  dependencies: [.package(name: "featuremap", path: "../../..")],
  targets: [
    .target(
      name: "ReliefPlugin",
      dependencies: [.product(name: "FeatureMapPluginKit", package: "featuremap")]),
    .testTarget(name: "ReliefPluginTests", dependencies: ["ReliefPlugin"]),
  ],
  swiftLanguageModes: [.v6]
)
