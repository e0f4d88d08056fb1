import FileAccess
import KernelAPI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The filters of frei0r that are installed, as kernels `frei0r:NAME`. A library is opened when its kernel is named.
public struct Frei0rFilters: KernelSource {
  /// A folder and the filters in it.
  public struct Folder: Sendable, Equatable {
    public let path: String
    /// Sorted; without those that a folder before has, too.
    public let names: [String]

    public init(path: String, names: [String]) {
      self.path = path
      self.names = names
    }
  }

  public static let prefix = "frei0r"
  public static let variable = "FREI0R_PATH"

  public var prefix: String { Self.prefix }
  /// Those that are searched, in this order.
  public let folders: [String]
  /// Runs each library in a process of its own.
  private let isolation: PluginIsolation?

  public init(folders: [String], isolation: PluginIsolation? = nil) {
    self.folders = folders
    self.isolation = isolation
  }

  /// Searches the folders of the environment.
  public init(isolation: PluginIsolation? = nil) {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    self.init(
      folders: Self.folders(path: variable(Self.variable), home: variable("HOME")), isolation: isolation)
  }

  /// The folders that the interface's description names, or those of `FREI0R_PATH` instead of them.
  ///
  /// - Parameter path: folders separated by colons.
  public static func folders(path: String?, home: String?) -> [String] {
    if let path { return path.split(separator: ":").map(String.init) }
    let own = home.map { [joinPath($0, ".frei0r-1/lib")] } ?? []
    return own
      + ["/usr/local/lib", "/usr/lib", "/usr/local/lib64", "/usr/lib64", "/usr/lib/\(machine)-linux-gnu"].map
    {
      "\($0)/frei0r-1"
    }
  }

  private static var machine: String {
    #if arch(arm64)
      "aarch64"
    #else
      "x86_64"
    #endif
  }

  public func factory(named name: String) throws -> KernelFactory {
    func problem(_ text: String) -> PluginError {
      .loading(path: "\(Self.prefix):\(name)", problem: text)
    }
    guard !name.isEmpty else { throw problem("the name of a filter is missing behind the colon") }
    guard isForeignName(name) else {
      throw problem("names of frei0r filters have ASCII letters, digits and -_.+ only")
    }
    if let reason = Frei0rRefusal.reason(name) { throw problem(reason) }
    guard let path = path(of: name) else { throw problem(missing(name)) }
    let plugin: any KernelPlugin =
      if let isolation {
        try IsolatedPlugin(path: path, isolation: isolation)
      } else {
        try SharedLibrary(path: path).plugin()
      }
    guard let factory = plugin.kernels.first else {
      throw problem("\(path) has no kernel")
    }
    return factory
  }

  /// The filters that are installed, by the names of their files alone, none of which is opened. Only folders that have
  /// some.
  public func installed() -> [Folder] {
    var seen: Set<String> = []
    return folders.compactMap { folder in
      // Libraries may lie in folders of their makers.
      let names = Self.places(in: folder).flatMap { place in
        ((try? listFolder(place)) ?? []).filter { fileExtension(of: $0) == "so" }
      }
      let new = names.map(Frei0rPlugin.name(ofFile:)).filter { isForeignName($0) && seen.insert($0).inserted }
      return new.isEmpty ? nil : Folder(path: folder, names: new.sorted())
    }
  }

  /// Why a filter that is known by its name cannot be used; `nil` for all others.
  public static func refusal(_ name: String) -> String? { Frei0rRefusal.reason(name) }

  /// What to do where no filter is installed.
  public var installationHint: String {
    "no frei0r filters are installed (in \(folders.joined(separator: ", "))); "
      + "on Debian and Ubuntu 'apt-get install frei0r-plugins' installs them"
  }

  /// The file of a filter.
  private func path(of name: String) -> String? {
    folders.lazy.flatMap(Self.places).map { joinPath($0, "\(name).so") }.first(where: fileExists)
  }

  /// A folder and those in it.
  private static func places(in folder: String) -> [String] {
    [folder]
      + ((try? listFolder(folder)) ?? []).filter { fileExtension(of: $0).isEmpty }.map {
        joinPath(folder, $0)
      }
  }

  private func missing(_ name: String) -> String {
    let installed = installed()
    if installed.isEmpty { return installationHint }
    let near = nearestNames(to: name, among: installed.flatMap(\.names))
    let guess = near.isEmpty ? "" : "; did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?"
    return "there is no \(name).so in \(folders.joined(separator: ", "))"
      + (guess.isEmpty ? "; " : "\(guess) ") + "'featuremap plugins frei0r' lists what there is"
  }
}
