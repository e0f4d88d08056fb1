import CPluginTemplates

/// The files of a new plugin.
struct PluginTemplate {
  /// A file and its path below the plugin's folder.
  struct File {
    let path: String
    let bytes: [UInt8]
  }

  let files: [File]
  /// The command that builds it, the one that tests it, and where the library then is.
  let build: String
  let test: String
  let library: String

  /// `[a-z][a-z0-9]*(-[a-z0-9]+)*`, at most 60 letters.
  static func isValid(name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return name.utf8.count <= 60 && name.first?.isNumber == false
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
      }
  }

  static func c(name: String) -> PluginTemplate {
    var count = 0
    return PluginTemplate(
      files: files(fm_c_template(&count), count, [("my-plugin", name)]),
      build: "make", test: "make test", library: "build/lib\(name).so")
  }

  /// - Parameter package: the folder of featuremap's sources.
  static func swift(name: String, package: String) -> PluginTemplate {
    var count = 0
    let module = module(name)
    let folder = package.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return PluginTemplate(
      files: files(
        fm_swift_template(&count), count,
        [
          ("my-plugin", name), ("MyPlugin", module),
          ("FEATUREMAP", ".package(name: \"featuremap\", path: \"\(folder)\")"),
        ]),
      build: "swift build", test: "swift test", library: ".build/debug/lib\(module).so")
  }

  /// `SoftLightPlugin` of `soft-light`.
  private static func module(_ name: String) -> String {
    let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    let joined = words.joined()
    return joined.hasSuffix("Plugin") ? joined : joined + "Plugin"
  }

  private static func files(
    _ templates: UnsafePointer<fm_template>?, _ count: Int, _ words: [(placeholder: String, word: String)]
  ) -> [File] {
    func filled(_ text: String) -> String {
      words.reduce(text) { $0.replacing($1.placeholder, with: $1.word) }
    }
    return UnsafeBufferPointer(start: templates, count: count).map { template in
      let bytes = UnsafeBufferPointer(start: template.bytes, count: template.size)
      return File(
        path: filled(String(cString: template.path)),
        bytes: Array(filled(String(decoding: bytes, as: UTF8.self)).utf8))
    }
  }
}
