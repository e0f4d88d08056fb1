import FeatureMap

/// The plugins of others that were found, and what was refused and why. Nothing else is opened than what the user
/// pointed to: the files that were named, and the libraries and kernel files in the folders.
struct PluginSearch {
  /// A plugin and its file.
  struct Found {
    let path: String
    let plugin: any KernelPlugin
  }

  /// A file or folder that cannot be used.
  struct Refused {
    let path: String
    let error: any Error
    /// Whether the program can go on without it.
    let isTolerable: Bool
  }

  private let isolation: PluginIsolation?
  private(set) var found: [Found] = []
  private(set) var refused: [Refused] = []
  /// Files in the folders that are no plugins by their names.
  private(set) var ignored: [String] = []
  /// What uses a name, by the names of plugins and of kernels.
  private var owners: [OwnedName: String] = [:]

  /// Plugins and kernels may have the same names, two of one sort not.
  private enum OwnedName: Hashable {
    case plugin(String)
    case kernel(String)

    var text: String {
      switch self {
      case .plugin(let name), .kernel(let name): name
      }
    }
  }

  /// - Parameters:
  ///   - files: named by the user; come first.
  ///   - folders: in the order in which they are searched.
  ///   - isolation: for libraries that are to run in processes of their own.
  init(files: [String], folders: [PluginFolder], isolation: PluginIsolation? = nil) {
    self.isolation = isolation
    for plugin in builtInPlugins { own(plugin, "plugin \(plugin.identifier) of this program") }
    for file in files { load(file, isNamed: true) }
    for folder in folders { search(folder) }
  }

  /// The first thing that the program cannot go on with.
  var firstError: (any Error)? { refused.first { !$0.isTolerable }?.error }

  private mutating func search(_ folder: PluginFolder) {
    if !folder.isNamed, !fileExists(folder.path) { return }
    do {
      for name in try listFolder(folder.path) {
        let path = joinPath(folder.path, name)
        if Self.isLibrary(name) || Self.holdsKernels(path) {
          load(path, isNamed: false)
        } else {
          ignored.append(path)
        }
      }
    } catch {
      refused.append(Refused(path: folder.path, error: error, isTolerable: true))
    }
  }

  private mutating func load(_ path: String, isNamed: Bool) {
    // One that was named and lies in a folder, too, or is there by two names, is one.
    if found.contains(where: { isSameFile($0.path, path) }) { return }
    do {
      let plugin = try plugin(path)
      do {
        try checkNames(of: plugin, path)
      } catch {
        refused.append(Refused(path: path, error: error, isTolerable: false))
        return
      }
      own(plugin, "plugin \(plugin.identifier) (\(path))")
      found.append(Found(path: path, plugin: plugin))
    } catch {
      refused.append(Refused(path: path, error: error, isTolerable: !isNamed))
    }
  }

  private func plugin(_ path: String) throws -> any KernelPlugin {
    if isFolder(path) { return try KernelFolderPlugin(folder: path) }
    if Self.isKernelFile(fileName(of: path)) { return try KernelFolderPlugin(file: path) }
    if let isolation { return try IsolatedPlugin(path: path, isolation: isolation) }
    return try SharedLibrary(path: path).plugin()
  }

  /// - Throws: `KernelError.duplicateName` that tells where both are.
  private func checkNames(of plugin: any KernelPlugin, _ path: String) throws {
    for name in Self.names(of: plugin) {
      if let owner = owners[name] {
        throw KernelError.duplicateName(
          name.text, first: owner, second: "plugin \(plugin.identifier) (\(path))")
      }
    }
  }

  private mutating func own(_ plugin: any KernelPlugin, _ owner: String) {
    for name in Self.names(of: plugin) { owners[name] = owner }
  }

  private static func names(of plugin: any KernelPlugin) -> [OwnedName] {
    [.plugin(plugin.identifier)] + plugin.kernels.map { .kernel($0.descriptor.name) }
  }

  /// Whether a path is that of a kernel file, or of a folder with such files.
  private static func holdsKernels(_ path: String) -> Bool {
    guard isFolder(path) else { return isKernelFile(fileName(of: path)) }
    return ((try? listFolder(path)) ?? []).contains(where: isKernelFile)
  }

  private static func isKernelFile(_ name: String) -> Bool {
    KernelFile.extensions.contains(fileExtension(of: name)) && !name.hasPrefix(".")
      && !name.hasSuffix(".schema.json")
  }

  /// Whether a name in a folder is that of a library.
  private static func isLibrary(_ name: String) -> Bool {
    #if canImport(Darwin)
      ["so", "dylib"].contains(fileExtension(of: name))
    #else
      fileExtension(of: name) == "so"
    #endif
  }
}
