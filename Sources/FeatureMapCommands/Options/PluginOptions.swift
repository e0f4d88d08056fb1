import ArgumentParser
import FeatureMap

/// Plugins of others, besides those in the program.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp(
      "A plugin: a shared library (.so), a kernel file or a folder of kernel files; repeatable. FEATUREMAP_PLUGIN_PATH names folders of more.",
      valueName: "file"))
  var files: [String] = []

  @Flag(
    help: "Run each library in a process of its own: a crash, or a call without an end, costs that call only."
  )
  var isolatePlugins = false

  @Option(
    help: ArgumentHelp(
      "With --isolate-plugins: how long a call may take. (default: 60)", valueName: "seconds"))
  var pluginTimeout: Double?

  func validate() throws {
    guard let pluginTimeout else { return }
    guard isolatePlugins else { throw ValidationError("--plugin-timeout needs --isolate-plugins") }
    guard pluginTimeout > 0, pluginTimeout <= 86400 else {
      throw ValidationError(
        "--plugin-timeout must be above 0 and at most 86400 seconds, got \(pluginTimeout)")
    }
  }

  /// Looks for all plugins and loads them.
  func search() -> PluginSearch {
    PluginSearch(files: files, folders: PluginFolder.all, isolation: isolation)
  }

  /// The filters of frei0r, none of which is loaded yet.
  var frei0r: Frei0rFilters { Frei0rFilters(isolation: isolation) }

  private var isolation: PluginIsolation? {
    isolatePlugins
      ? PluginIsolation(program: ChildProcess.thisProgram, timeLimit: pluginTimeout ?? 60) : nil
  }
}

/// The kernels and networks of the built-in plugins and of those that the user pointed to, and the filters of frei0r by
/// their names. What cannot be loaded of a folder is told on standard error.
///
/// - Throws: `PluginError` for a file that was named and cannot be loaded; `KernelError.duplicateName`.
func makeRegistry(_ options: PluginOptions) throws -> KernelRegistry {
  try makeRegistry(options, options.search())
}

/// The same, of what a search found.
func makeRegistry(_ options: PluginOptions, _ search: PluginSearch) throws -> KernelRegistry {
  if let error = search.firstError { throw error }
  for refused in search.refused { Console.note("featuremap: \(refused.error); it is left out") }
  return try KernelRegistry(builtInPlugins + search.found.map(\.plugin), sources: [options.frei0r])
}
