// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "my-plugin",
  platforms: [.macOS(.v15)],
  products: [
    // The shared library that featuremap loads: .build/debug/libMyPlugin.so
    .library(name: "MyPlugin", type: .dynamic, targets: ["MyPlugin"])
  ],
  dependencies: [FEATUREMAP],
  targets: [
    .target(
      name: "MyPlugin", dependencies: [.product(name: "FeatureMapPluginKit", package: "featuremap")]),
    .testTarget(name: "MyPluginTests", dependencies: ["MyPlugin"]),
  ],
  swiftLanguageModes: [.v6]
)
