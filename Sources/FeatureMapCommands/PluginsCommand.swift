import ArgumentParser
import FeatureMap

/// `featuremap plugins`: what there is, made from the descriptors.
struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "List plugins and their kernels, or describe one.",
    discussion: """
      EXAMPLES:
        featuremap plugins
        featuremap plugins gaussian
        featuremap plugins edge-detectors
        featuremap plugins Samples/Kernels
        featuremap plugins ./Samples/Kernels/edge.json
      """)

  @Argument(
    help: "A plugin, a kernel, a network, or a kernel file or a folder of them; all plugins when left out.")
  var name: String?

  func run() throws {
    let registry = try makeRegistry()
    guard let name else {
      print(registry.plugins.map(Self.overview).joined(separator: "\n\n"))
      print("\nfeaturemap plugins NAME describes a kernel and its parameters.")
      return
    }
    if let plugin = registry.plugin(named: name) {
      print(Self.wholeDescription(plugin))
    } else if isFolder(name) {
      print(Self.wholeDescription(try KernelFolderPlugin(folder: name)))
    } else if KernelFile.isFileName(name) {
      print(Self.wholeDescription(try KernelFolderPlugin(file: name)))
    } else if let network = registry.networks.first(where: { $0.name == name }) {
      print(
        "\(network.name): \(network.summary)\nfeaturemap layers --model \(network.name) lists its layers.")
    } else {
      guard registry.names.contains(name) else {
        throw KernelError.unknownName(
          name, what: "plugin or kernel", known: registry.plugins.map(\.identifier) + registry.names)
      }
      print(Self.description(try registry.factory(named: name).descriptor))
    }
  }

  /// A plugin and all that its kernels' descriptors say.
  static func wholeDescription(_ plugin: any KernelPlugin) -> String {
    ([overview(plugin)] + plugin.kernels.map { description($0.descriptor) }).joined(separator: "\n\n")
  }

  /// A plugin and one line for each of its kernels and networks.
  static func overview(_ plugin: any KernelPlugin) -> String {
    var lines = ["\(plugin.identifier) \(plugin.version): \(plugin.summary)"]
    var entries = plugin.kernels.map { ($0.descriptor.name, $0.descriptor.summary) }
    entries += ((plugin as? any NetworkPlugin)?.networks ?? []).map { ($0.name, "network: \($0.summary)") }
    let width = entries.map(\.0.count).max() ?? 0
    for (name, summary) in entries {
      let indent = String(repeating: " ", count: width + 4)
      let text = wrapped(summary, width: 79, indent: indent).dropFirst(width + 4)
      lines.append("  \(name)\(String(repeating: " ", count: width - name.count))  \(text)")
    }
    return lines.joined(separator: "\n")
  }

  /// Everything a kernel's descriptor says.
  static func description(_ descriptor: KernelDescriptor) -> String {
    var lines = ["\(descriptor.name): \(descriptor.summary)"]
    if !descriptor.details.isEmpty { lines.append(wrapped(descriptor.details, width: 78, indent: "  ")) }
    for parameter in descriptor.parameters {
      let unit = parameter.unit.isEmpty ? "" : " \(parameter.unit)"
      let fallback = parameter.kind.defaultText.isEmpty ? "empty" : parameter.kind.defaultText
      lines.append("    \(parameter.name)=\(parameter.kind.accepted)\(unit), default \(fallback)")
      lines.append(wrapped(parameter.summary, width: 78, indent: "        "))
    }
    return lines.joined(separator: "\n")
  }
}
