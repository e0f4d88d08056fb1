import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder in which plugins are looked for.
struct PluginFolder: Equatable {
  let path: String
  /// Whether the user named it, so that it must be there.
  let isNamed: Bool

  static let variable = "FEATUREMAP_PLUGIN_PATH"

  /// Those of the environment variable in their order, then that of the user's data.
  static var all: [PluginFolder] {
    folders(path: variable(variable), dataHome: variable("XDG_DATA_HOME"), home: variable("HOME"))
  }

  /// - Parameters:
  ///   - path: folders separated by colons.
  ///   - dataHome: counts if it is an absolute path, as the XDG Base Directory Specification says.
  static func folders(path: String?, dataHome: String?, home: String?) -> [PluginFolder] {
    var folders = (path ?? "").split(separator: ":").map { PluginFolder(path: String($0), isNamed: true) }
    let data =
      dataHome.flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? home.flatMap { $0.hasPrefix("/") ? joinPath($0, ".local/share") : nil }
    if let data { folders.append(PluginFolder(path: joinPath(data, "featuremap/plugins"), isNamed: false)) }
    return folders
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
