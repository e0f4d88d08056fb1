import KernelAPI
import TensorCore

/// The one kernel of a library with the frei0r interface.
struct Frei0rPlugin: ExternalPlugin {
  let identifier: String
  let version: String
  let summary: String
  let path: String
  let kernels: [KernelFactory]
  /// The interface does not tell.
  let license = ""

  /// - Throws: `PluginError.loading` for a library that cannot be used, with the reason.
  init(_ library: SharedLibrary) throws {
    let name = Self.name(ofFile: library.path)
    func problem(_ text: String) -> PluginError { .loading(path: library.path, problem: text) }
    guard isForeignName(name) else {
      throw problem(
        "the name of a frei0r library has ASCII letters, digits and -_.+ only, this one is '\(name)'")
    }
    if let reason = Frei0rRefusal.reason(name) { throw problem(reason) }
    let opened = try Frei0rLibrary(library, name: name)
    let kernelName = Self.kernelName(name)
    identifier = kernelName
    version = opened.version
    summary = opened.title
    path = opened.path
    let explained = opened.explanation.isEmpty ? opened.title : opened.explanation
    let descriptor = KernelDescriptor(
      name: kernelName, summary: explained.hasSuffix(".") ? String(explained.dropLast()) : explained,
      details: Self.details(opened),
      parameters: opened.parameters.flatMap(\.descriptors) + [Self.resultParameter])
    kernels = [KernelFactory(descriptor) { try Frei0rKernel(opened, $0) }]
  }

  /// `edgeglow` of `/usr/lib/frei0r-1/edgeglow.so`.
  static func name(ofFile path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".so") ? name.dropLast(3) : name)
  }

  /// `frei0r:edgeglow`.
  static func kernelName(_ name: String) -> String { "\(Frei0rFilters.prefix):\(name)" }

  private static var resultParameter: ParameterDescriptor {
    ParameterDescriptor(
      Frei0rLibrary.resultName,
      .choice(default: Frei0rKernel.Result.colors.rawValue, of: Frei0rKernel.Result.allCases.map(\.rawValue)),
      "the colours of the filter's frame, or its opacity as three equal channels")
  }

  private static func details(_ library: Frei0rLibrary) -> String {
    let author = library.author.isEmpty ? "" : ", by \(library.author)"
    let kind =
      library.isSource
      ? "A source: it draws a picture of the input's size and does not look at the input."
      : "Takes 1 channel (as three equal ones) or 3, and gives 3."
    return """
      \(library.title) \(library.version), a frei0r library\(author).
      \(kind) Computes with 8 bits: values of 0...1 are rounded to 256 steps, what \
      lies outside is cut off. The picture lies in the middle of a frame whose \
      sides are multiples of 8, at least \(Frei0rLayout.smallestSide), filled by \
      repeating the borders. It is the first frame of a video, with all settings as below.
      File: \(library.path)
      """
  }
}
