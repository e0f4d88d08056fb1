import ArgumentParser
import FeatureMap

/// Plugins of others, besides those in the program.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp(
      "A plugin: a shared library (.so), repeatable. FEATUREMAP_PLUGIN_PATH names folders of more.",
      valueName: "file"))
  var files: [String] = []

  /// Looks for all plugins and loads them.
  func search() -> PluginSearch {
    PluginSearch(files: files, folders: PluginFolder.all)
  }
}

/// The kernels and networks of the built-in plugins and of those that the user pointed to, and the filters of frei0r by
/// their names. What cannot be loaded of a
/// folder is told on standard error.
///
/// - Throws: `PluginError` for a file that was named and cannot be loaded; `KernelError.duplicateName`.
func makeRegistry(_ options: PluginOptions) throws -> KernelRegistry {
  let search = options.search()
  if let error = search.firstError { throw error }
  for refused in search.refused { Console.note("featuremap: \(refused.error); it is left out") }
  return try KernelRegistry(builtInPlugins + search.found.map(\.plugin), sources: [Frei0rFilters()])
}
