/// One kernel as a user writes it: `sobel`, `gaussian:sigma=1.4:border=zero`, `frei0r:edgeglow:lredscale=0.8`,
/// `./learned.json`, `3x3: -1,0,1 -2,0,2 -1,0,1` or `-1,0,1;-2,0,2;-1,0,1`.
public struct KernelSpecification: Sendable, Equatable {
  /// A parameter and its value, not checked yet.
  public struct Setting: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public enum Source: Sendable, Equatable {
    /// A kernel of a plugin.
    case name(String)
    /// A file that holds a kernel.
    case file(String)
    /// Numbers written out.
    case matrix(KernelMatrix)
  }

  /// What names may begin with, before a colon that belongs to the name: the prefixes of `KernelSource`s.
  public static let sourcePrefixes: Set = ["frei0r"]

  public var source: Source
  public var settings: [Setting]
  /// What the user wrote.
  public var text: String

  /// Reads one kernel.
  ///
  /// - Throws: `KernelError.syntax`.
  public init(parsing text: String) throws {
    self.text = text
    settings = []
    let trimmed = text.trimmingSpaces()
    if KernelMatrix.looksLikeMatrix(trimmed) {
      if Float(trimmed) != nil {
        throw KernelError.syntax(
          text, problem: "one number is no kernel; a kernel of one weight is written 1x1: \(trimmed)")
      }
      source = .matrix(try KernelMatrix(parsing: trimmed))
      return
    }
    // A colon separates settings; in a path only what follows the last "name=value" counts as settings.
    var parts = trimmed.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    while parts.count > 1, let last = parts.last, let equals = last.firstIndex(of: "=") {
      let name = last[..<equals].trimmingSpaces()
      let value = last[last.index(after: equals)...].trimmingSpaces()
      settings.insert(Setting(name, value), at: 0)
      parts.removeLast()
    }
    let name = parts.joined(separator: ":")
    guard !name.isEmpty else {
      throw KernelError.syntax(text, problem: "the name of a kernel is missing")
    }
    if name.contains("=") || name.contains("(") {
      throw KernelError.syntax(
        text, problem: "settings follow the name behind colons, such as gaussian:sigma=1.4:border=zero")
    }
    if ["png", "jpg", "jpeg", "gif", "npy", "pt", "pth", "onnx"].contains(where: { name.hasSuffix(".\($0)") })
    {
      throw KernelError.syntax(
        text,
        problem:
          "this file holds no kernel (.json, .safetensors, .mat and .txt do); kernels come before pictures")
    }
    if Self.looksLikeFile(name) {
      source = .file(name)
    } else if name.contains(":"), !Self.hasSourcePrefix(parts) {
      throw KernelError.syntax(
        text, problem: "settings are written as name=value, such as gaussian:sigma=1.4")
    } else {
      source = .name(name)
    }
  }

  /// Whether the parts of a name are a source's prefix and the name of one of its kernels.
  private static func hasSourcePrefix(_ parts: [String]) -> Bool {
    parts.count == 2 && sourcePrefixes.contains(parts[0])
  }

  /// Whether a name is a path: it has a slash or the extension of a kernel file.
  private static func looksLikeFile(_ name: String) -> Bool {
    name.contains("/") || [".json", ".safetensors", ".txt", ".mat"].contains { name.hasSuffix($0) }
  }

  /// Reads a chain: kernels separated by commas (or `|`), applied from left to right.
  ///
  /// Commas inside a matrix belong to it: `gaussian,-1,0,1;-2,0,2;-1,0,1` is a Gauss filter and one matrix.
  public static func chain(_ text: String) throws -> [KernelSpecification] {
    var pieces: [String] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      var previousIsMatrix = false
      var holesAllowed = false
      for piece in part.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
        let opensMatrix = KernelMatrix.opensMatrix(piece.trimmingSpaces())
        let isNumeric =
          KernelMatrix.looksNumeric(piece) || holesAllowed && KernelMatrix.looksNumericWithHoles(piece)
        if previousIsMatrix && isNumeric && !opensMatrix, let last = pieces.popLast() {
          pieces.append(last + "," + piece)
        } else {
          pieces.append(piece)
          holesAllowed = opensMatrix
        }
        previousIsMatrix = isNumeric || opensMatrix
      }
    }
    return try pieces.map { piece in
      guard !piece.trimmingSpaces().isEmpty else {
        throw KernelError.syntax(text, problem: "a kernel is missing between two commas")
      }
      return try KernelSpecification(parsing: piece.trimmingSpaces())
    }
  }
}

extension StringProtocol {
  /// Without the spaces and tabs at both ends.
  func trimmingSpaces() -> String {
    var part = self[...]
    while let first = part.first, first.isWhitespace { part = part.dropFirst() }
    while let last = part.last, last.isWhitespace { part = part.dropLast() }
    return String(part)
  }
}
