import ArgumentParser
import FeatureMap

/// `featuremap plugins`: what there is, made from the descriptors.
struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "List plugins and their kernels, or describe one.",
    discussion: """
      Plugins of others are those that --plugin names, those in the folders of the environment variable \
      FEATUREMAP_PLUGIN_PATH (separated by colons), and those in ~/.local/share/featuremap/plugins. They run with \
      all rights of this program. What was refused stands below the list.

      Filters of frei0r (on Debian and Ubuntu the package frei0r-plugins) are kernels frei0r:NAME. They are looked for \
      in the folders of the environment variable FREI0R_PATH, or else in ~/.frei0r-1/lib, /usr/local/lib/frei0r-1 and \
      /usr/lib/frei0r-1, and opened when they are named.

      EXAMPLES:
        featuremap plugins
        featuremap plugins gaussian
        featuremap plugins edge-detectors
        featuremap plugins Samples/Kernels
        featuremap plugins ./Samples/Kernels/edge.json
        featuremap plugins --plugin ./vignette.so
        featuremap plugins frei0r
        featuremap plugins frei0r:edgeglow
      """)

  @Argument(
    help: "A plugin, a kernel, a network, or a kernel file or a folder of them; all plugins when left out.")
  var name: String?

  @OptionGroup var plugins: PluginOptions

  func run() throws {
    let search = plugins.search()
    guard let name else { return try list(search) }
    if name == Frei0rFilters.prefix { return print(try Self.overview(plugins.frei0r)) }
    let registry = try makeRegistry(plugins, search)
    if let plugin = registry.plugin(named: name) {
      print(Self.wholeDescription(plugin, path: search.found.first { $0.plugin.identifier == name }?.path))
    } else if isFolder(name) && !registry.names.contains(name) {
      print(Self.wholeDescription(try KernelFolderPlugin(folder: name)))
    } else if KernelFile.isFileName(name) {
      print(Self.wholeDescription(try KernelFolderPlugin(file: name)))
    } else if let network = registry.networks.first(where: { $0.name == name }) {
      print(
        "\(network.name): \(network.summary)\nfeaturemap layers --model \(network.name) lists its layers.")
    } else {
      guard registry.names.contains(name) || name.hasPrefix("\(Frei0rFilters.prefix):") else {
        throw KernelError.unknownName(
          name, what: "plugin or kernel", known: registry.plugins.map(\.identifier) + registry.names)
      }
      print(Self.description(try registry.factory(named: name).descriptor))
    }
  }

  /// A plugin and all that its kernels' descriptors say.
  static func wholeDescription(_ plugin: any KernelPlugin, path: String? = nil) -> String {
    ([overview(plugin, path: path)] + plugin.kernels.map { description($0.descriptor) }).joined(
      separator: "\n\n")
  }

  /// Everything that was found, and what was refused and why.
  private func list(_ search: PluginSearch) throws {
    let texts =
      builtInPlugins.map { Self.overview($0) } + search.found.map { Self.overview($0.plugin, path: $0.path) }
    print(texts.joined(separator: "\n\n"))
    if !search.refused.isEmpty {
      print("\nrefused:")
      for refused in search.refused { print("  \(refused.error)") }
    }
    if !search.ignored.isEmpty {
      print("\nno plugins by their names (which end in .so, or as kernel files do):")
      for path in search.ignored { print("  \(path)") }
    }
    print(
      "\nfeaturemap plugins NAME describes a kernel and its parameters, featuremap plugins frei0r lists the filters of frei0r."
    )
    if search.firstError != nil { throw ExitCode.failure }
  }

  /// A plugin and one line for each of its kernels and networks.
  ///
  /// - Parameter path: where it is, of a plugin that is none of the program's.
  static func overview(_ plugin: any KernelPlugin, path: String? = nil) -> String {
    var lines = [
      plugin.identifier + (plugin.version.isEmpty ? "" : " \(plugin.version)")
        + (plugin.summary.isEmpty ? "" : ": \(plugin.summary)")
    ]
    if let path {
      let license = (plugin as? any ExternalPlugin)?.license ?? ""
      lines.append("  \(path)" + (license.isEmpty ? "" : ", licence \(license)"))
    }
    var entries = plugin.kernels.map { ($0.descriptor.name, $0.descriptor.summary) }
    entries += ((plugin as? any NetworkPlugin)?.networks ?? []).map { ($0.name, "network: \($0.summary)") }
    let width = entries.map(\.0.count).max() ?? 0
    for (name, summary) in entries {
      let indent = String(repeating: " ", count: width + 4)
      let text = wrapped(summary, width: 79, indent: indent).dropFirst(width + 4)
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("  \(name)" + (summary.isEmpty ? "" : "\(padding)  \(text)"))
    }
    return lines.joined(separator: "\n")
  }

  /// The filters of frei0r that are installed.
  ///
  /// - Throws: `CommandError.choice` where there is none, with what to do.
  static func overview(_ filters: Frei0rFilters) throws -> String {
    let folders = filters.installed()
    guard !folders.isEmpty else { throw CommandError.choice(filters.installationHint) }
    var lines: [String] = []
    func add(_ names: [String]) {
      lines.append(wrapped(names.joined(separator: ", "), width: 79, indent: "    "))
    }
    for folder in folders {
      lines.append("  \(folder.path)")
      add(folder.names.filter { Frei0rFilters.refusal($0) == nil })
    }
    let refused = folders.flatMap(\.names).filter { Frei0rFilters.refusal($0) != nil }
    if !refused.isEmpty {
      lines.append("  no kernels, for they need several frames of a video")
      add(refused)
    }
    return """
      frei0r: filters of others, such as frei0r:edgeglow; none is opened for this list
      \(lines.joined(separator: "\n"))
      featuremap plugins frei0r:NAME opens one and describes it; mixers of several pictures are refused then.
      """
  }

  /// Everything a kernel's descriptor says.
  static func description(_ descriptor: KernelDescriptor) -> String {
    var lines = [descriptor.name + (descriptor.summary.isEmpty ? "" : ": \(descriptor.summary)")]
    if !descriptor.details.isEmpty { lines.append(wrapped(descriptor.details, width: 78, indent: "  ")) }
    for parameter in descriptor.parameters {
      let unit = parameter.unit.isEmpty ? "" : " \(parameter.unit)"
      let fallback = parameter.kind.defaultText.isEmpty ? "empty" : parameter.kind.defaultText
      lines.append("    \(parameter.name)=\(parameter.kind.accepted)\(unit), default \(fallback)")
      if !parameter.summary.isEmpty {
        lines.append(wrapped(parameter.summary, width: 78, indent: "        "))
      }
    }
    return lines.joined(separator: "\n")
  }
}
