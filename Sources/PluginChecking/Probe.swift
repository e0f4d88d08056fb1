import CFeatureMapPlugin
import CPluginProbe
import KernelAPI
import PluginLoading

/// Tries a plugin hard, in a process that may end by it: every call is told before it is made.
struct Probe {
  let path: String
  /// Combinations of settings with lower numbers are left out.
  let firstCase: Int
  /// Kernels that are left out.
  let skipped: Set<String>
  let tell: (Message) -> Void

  /// - Throws: `PluginError` where the plugin cannot be loaded.
  func run() throws {
    fm_end_with_parent()
    tell(.call(function: "the loader or featuremap_plugin", situation: ""))
    let plugin = try BinaryPlugin(try SharedLibrary(path: path))
    tell(
      .loaded(
        plugin: plugin.identifier, version: plugin.version, interface: plugin.interface,
        kernels: plugin.tables.map(\.descriptor.name)))
    fm_tell_faults(Self.messageFile)
    var number = 0
    for table in plugin.tables {
      let settings = Settings.tried(for: table.descriptor)
      for (index, settings) in settings.enumerated() {
        number += 1
        guard number > firstCase, !skipped.contains(table.descriptor.name) else { continue }
        tell(.beginCase(number: number, kernel: table.descriptor.name))
        KernelProbe(table, settings, isDefault: index == 0, tell: tell).run()
      }
    }
    tell(.call(function: "the end of the process", situation: ""))
    tell(.done)
  }

  /// The file of the process to which messages and faults are written.
  static let messageFile: Int32 = 3
}
