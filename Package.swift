// swift-tools-version: 6.1
import PackageDescription

// The dependencies of each target in Sources and Plugins are the import rules of the project: it imports what
// its line names and nothing else. Data flows file -> ImageCodecs -> Pictures -> Tensor -> Networks -> Pictures -> file.

// System libraries and other packages.
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

// What built-in kernel plugins may import: never codecs, commands or each other.
let pluginRules: [Target.Dependency] = ["KernelAPI", "TensorOps", "TensorCore"]

let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map {
  .product(name: $0, package: "swift-nio")
}

let builtInPlugins: [Target.Dependency] = [
  "EdgeDetectors", "Smoothing", "LearnedFilters", "BasicLayers", "LeNet",
]

let package = Package(
  name: "featuremap",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "featuremap", targets: ["featuremap"]),
    .library(name: "FeatureMap", targets: ["FeatureMap"]),
    // What plugins in Swift import.
    .library(name: "FeatureMapPluginKit", targets: ["FeatureMapPluginKit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
  ],
  targets: [
    // C: codecs and innermost loops.
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("z")]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CGzip", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CKernels"),
    // C: what a signal's handler may do.
    .target(name: "CUnfinishedFiles"),
    // C: the interface of binary plugins.
    .target(name: "CFeatureMapPlugin"),
    // C: the tables of frei0r's libraries.
    .target(name: "CFrei0r"),
    .target(name: "CBenchmarkPlugin", dependencies: ["CFeatureMapPlugin"]),

    // The core: no picture, no file, no printing.
    .target(name: "TensorCore"),
    .target(name: "TensorOps", dependencies: ["TensorCore", "CKernels"]),
    .target(name: "KernelAPI", dependencies: ["TensorCore", "TensorOps"]),
    .target(name: "Layers", dependencies: ["KernelAPI", "TensorOps", "TensorCore"]),

    // Plugins in Swift: their types as the C interface.
    .target(
      name: "FeatureMapPluginKit",
      dependencies: ["KernelAPI", "TensorOps", "TensorCore", "CFeatureMapPlugin"]),

    // Files, networks, learning.
    .target(name: "FileAccess", dependencies: ["CGzip", "CUnfinishedFiles"]),
    .target(name: "Downloads", dependencies: ["FileAccess"]),
    .target(name: "WebServer", dependencies: nio),
    .target(
      name: "Networks", dependencies: ["KernelAPI", "Layers", "TensorOps", "TensorCore", "FileAccess"]),
    .target(
      name: "KernelFiles",
      dependencies: ["Networks", "KernelAPI", "Layers", "TensorOps", "TensorCore", "FileAccess"]),
    .target(
      name: "Training",
      dependencies: ["Networks", "KernelAPI", "Layers", "TensorOps", "TensorCore", "FileAccess"]),

    // Plugins that others made.
    .target(
      name: "PluginLoading",
      dependencies: ["KernelAPI", "TensorOps", "TensorCore", "CFeatureMapPlugin", "CFrei0r", "FileAccess"]),

    // Pictures.
    .target(name: "ImageCodecs", dependencies: ["CPNG", "CJPEG", "FileAccess"]),
    .target(name: "Pictures", dependencies: ["TensorCore", "ImageCodecs"]),

    // Built-in kernel plugins.
    .target(name: "EdgeDetectors", dependencies: pluginRules, path: "Plugins/EdgeDetectors"),
    .target(name: "Smoothing", dependencies: pluginRules, path: "Plugins/Smoothing"),
    .target(name: "BasicLayers", dependencies: pluginRules + ["Layers"], path: "Plugins/BasicLayers"),
    .target(
      name: "LearnedFilters", dependencies: pluginRules + ["KernelFiles", "Networks", "CLeNetWeights"],
      path: "Plugins/LearnedFilters"),
    .target(
      name: "LeNet", dependencies: pluginRules + ["Layers", "Networks", "CLeNetWeights"],
      path: "Plugins/LeNet", exclude: ["Weights"]),
    .target(
      name: "CLeNetWeights", path: "Plugins/LeNet/Weights",
      exclude: ["lenet.safetensors", "lenet-relu.safetensors"]),

    // The library's umbrella, the commands and the program.
    .target(
      name: "FeatureMap",
      dependencies: [
        "TensorCore", "TensorOps", "KernelAPI", "Layers", "Networks", "KernelFiles", "Training",
        "ImageCodecs", "Pictures", "FileAccess", "Downloads", "PluginLoading",
      ] + builtInPlugins),
    .target(
      name: "CWebPages",
      exclude: ["page.html", "page.css", "page.js", "serve.html", "serve.css", "serve.js"]),
    .target(name: "CPluginTemplates", exclude: ["c", "swift"]),
    .target(name: "CPluginProbe"),
    .target(
      name: "PluginChecking",
      dependencies: [
        "PluginLoading", "KernelAPI", "TensorCore", "FileAccess", "CFeatureMapPlugin", "CPluginProbe",
      ]),
    .target(
      name: "FeatureMapCommands",
      dependencies: [
        "FeatureMap", "CBenchmarkPlugin", "CWebPages", "CPluginTemplates", "PluginChecking", "WebServer",
        argumentParser,
      ]),
    .executableTarget(name: "featuremap", dependencies: ["FeatureMapCommands"]),

    // Tests: one target for each source target.
    .target(
      name: "TestSupport", dependencies: ["TensorCore", "TensorOps", "ImageCodecs", "FileAccess"],
      path: "Tests/TestSupport"),
    .target(
      name: "FilterTestSupport", dependencies: ["KernelAPI", "TensorCore", "TensorOps", "TestSupport"],
      path: "Tests/FilterTestSupport"),
    .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore", "TestSupport"]),
    .testTarget(
      name: "TensorOpsTests", dependencies: ["TensorOps", "CKernels", "TestSupport"],
      exclude: ["Fixtures", "Scripts"]),
    .testTarget(name: "KernelAPITests", dependencies: ["KernelAPI", "TestSupport"]),
    .testTarget(
      name: "PluginCheckingTests",
      dependencies: ["PluginChecking", "featuremap", "FileAccess", "TestSupport"],
      exclude: ["Libraries"]),
    .testTarget(name: "FeatureMapPluginKitTests", dependencies: ["FeatureMapPluginKit", "TestSupport"]),
    .testTarget(name: "LayersTests", dependencies: ["Layers", "TestSupport"]),
    .testTarget(name: "FileAccessTests", dependencies: ["FileAccess", "TestSupport"]),
    .testTarget(name: "WebServerTests", dependencies: ["WebServer", "TestSupport"]),
    .testTarget(name: "DownloadsTests", dependencies: ["Downloads", "TestSupport"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["Networks", "LeNet", "BasicLayers", "EdgeDetectors", "Smoothing", "TestSupport"],
      exclude: ["Fixtures", "Scripts"]),
    .testTarget(
      name: "KernelFilesTests", dependencies: ["KernelFiles", "EdgeDetectors", "Smoothing", "TestSupport"],
      exclude: ["Scripts"]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "LeNet", "TestSupport"],
      exclude: ["Fixtures", "Scripts"]),
    .testTarget(
      name: "PluginLoadingTests", dependencies: ["PluginLoading", "featuremap", "TestSupport"],
      exclude: ["Libraries"]),
    .testTarget(
      name: "ImageCodecsTests", dependencies: ["ImageCodecs", "TestSupport"],
      exclude: ["make_fixtures.py", "compare_pillow.py"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "EdgeDetectorsTests", dependencies: ["EdgeDetectors", "FilterTestSupport", "TestSupport"],
      exclude: ["compare_opencv.py", "comparison.py", "fixtures.json"]),
    .testTarget(
      name: "SmoothingTests", dependencies: ["Smoothing", "FilterTestSupport", "TestSupport"],
      exclude: ["compare_opencv.py", "fixtures.json"]),
    .testTarget(name: "BasicLayersTests", dependencies: ["BasicLayers", "TestSupport"]),
    .testTarget(name: "LearnedFiltersTests", dependencies: ["LearnedFilters", "TestSupport"]),
    .testTarget(name: "LeNetTests", dependencies: ["LeNet", "Training", "TestSupport"]),
    .testTarget(name: "FeatureMapCommandsTests", dependencies: ["FeatureMapCommands", "TestSupport"]),
    .testTarget(
      name: "EndToEndTests", dependencies: ["featuremap", "FeatureMap", "TestSupport"], exclude: ["Scripts"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x
)
