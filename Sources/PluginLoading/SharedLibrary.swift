import KernelAPI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A shared library that others made, loaded into this process. It stays there until the process ends.
///
/// Loading runs the library's constructors: load only what the user pointed to.
public struct SharedLibrary: Sendable {
  public let path: String
  private let handle: UInt

  /// - Throws: `PluginError.loading` for a file that is missing, truncated, no shared library or for another machine,
  ///   and for what the system's loader refuses, such as functions that are not there.
  public init(path: String) throws {
    self.path = path
    try LibraryFile(path: path).check()
    // The loader would look for a name without a slash in the system's folders.
    guard let handle = dlopen(path.contains("/") ? path : "./" + path, RTLD_NOW | RTLD_LOCAL) else {
      throw PluginError.loading(path: path, problem: Self.loaderProblem(path))
    }
    self.handle = UInt(bitPattern: handle)
  }

  /// The address of a function or variable; `nil` where the library does not export it.
  package func symbol(_ name: String) -> UnsafeMutableRawPointer? {
    dlsym(UnsafeMutableRawPointer(bitPattern: handle), name)
  }

  /// The same for a library that was loaded twice.
  var identity: UInt { handle }

  /// The kernels of the library, whichever interface it has.
  ///
  /// - Throws: `PluginError.loading` for a library without an interface that is known, or with one that is broken.
  public func plugin() throws -> any KernelPlugin {
    if symbol(BinaryPlugin.entrySymbol) == nil, Frei0rLibrary.isOne(self) { return try Frei0rPlugin(self) }
    return try BinaryPlugin(self)
  }

  /// What the loader says, without the path before it.
  private static func loaderProblem(_ path: String) -> String {
    guard let text = dlerror() else { return "the system cannot load it" }
    let line = printableLine(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    for prefix in [path, "./" + path] where line.hasPrefix(prefix + ": ") {
      return String(line.dropFirst(prefix.count + 2))
    }
    return line
  }
}
