import ArgumentParser

/// `featuremap plugin`: for authors of plugins.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin",
    abstract: "Start a plugin of your own, and try it hard.",
    discussion: """
      A plugin is a shared library, in any language that can be called from C, which brings kernels of its own. \
      'featuremap plugins' lists those that are there.

      EXAMPLES:
        featuremap plugin new soften --language swift
        featuremap plugin new soften --language c
        featuremap plugin check build/libsoften.so
      """,
    subcommands: [PluginNewCommand.self, PluginCheckCommand.self, PluginProbeCommand.self])
}
