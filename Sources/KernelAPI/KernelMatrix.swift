import TensorCore

/// A kernel as rows of numbers, the way people write one on a command line.
public struct KernelMatrix: Sendable, Equatable {
  /// At least one row; all rows are equally long.
  public let rows: [[Float]]
  /// The weight that lies over the pixel whose place the result takes; `nil` for the middle, and of an even size
  /// the one before it.
  public let origin: Offset?

  public var extent: Extent { Extent(height: rows.count, width: rows[0].count) }

  /// The kernel as a weight: shape [1, 1, rows, columns].
  public var tensor: Tensor { Tensor(rows: rows) }

  /// - Throws: `KernelError.syntax` for no rows, empty or ragged rows, or numbers that are not finite.
  public init(rows: [[Float]], origin: Offset? = nil, source: String = "the kernel") throws {
    guard let width = rows.first?.count, width > 0 else {
      throw KernelError.syntax(source, problem: "a kernel needs at least one number")
    }
    for (index, row) in rows.enumerated() {
      guard row.count == width else {
        throw KernelError.syntax(
          source, problem: "row \(index + 1) has \(row.count) numbers, the first has \(width)")
      }
      guard row.allSatisfy(\.isFinite) else {
        throw KernelError.syntax(source, problem: "row \(index + 1) has a number that is not finite")
      }
    }
    if let origin, !(0..<rows.count).contains(origin.y) || !(0..<width).contains(origin.x) {
      throw KernelError.syntax(
        source, problem: "the origin +\(origin.x)+\(origin.y) lies outside of \(width)x\(rows.count)")
    }
    self.rows = rows
    self.origin = origin
  }

  /// The filter that takes every plane by itself through this kernel.
  public func filter(border: FilterBorder) -> any Kernel {
    guard let origin, border.mode != nil else { return MatrixFilter(tensor, border: border) }
    let edges = Edges(
      top: origin.y, bottom: extent.height - 1 - origin.y, left: origin.x,
      right: extent.width - 1 - origin.x)
    return FilterBank(name: "kernel", weight: tensor, options: .init(padding: edges), border: border)
  }

  /// Reads ImageMagick's form `3x3: -1,0,1 -2,0,2 -1,0,1` (width x height, where `+x+y` may follow with the
  /// origin, then all numbers; `-` and `nan` there mean places that do not count and are read as 0) and G'MIC's `-1,0,1;-2,0,2;-1,0,1`. Rows may also
  /// stand on lines of their own, numbers be separated by blanks, and be fractions such as `1/9`.
  public init(parsing text: String) throws {
    let body: [Substring]
    if let head = Self.imageMagickHead(text) {
      body = [text[head.end...]]
      let numbers = try Self.numbers(body[0], in: text, holesAreZero: true)
      let (height, width) = (head.extent.height, head.extent.width)
      // Not the product of the sizes, which may be larger than an Int.
      guard numbers.count % width == 0, numbers.count / width == height else {
        throw KernelError.syntax(
          text, problem: "\(width)x\(height) needs \(height) rows of \(width) numbers, got \(numbers.count)")
      }
      try self.init(
        rows: stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) },
        origin: head.origin, source: text)
      return
    }
    body = text.split(omittingEmptySubsequences: true) { $0 == ";" || $0.isNewline }
    try self.init(rows: try body.map { try Self.numbers($0, in: text, holesAreZero: false) }, source: text)
  }

  private static func numbers(
    _ text: Substring, in whole: String, holesAreZero: Bool
  ) throws -> [Float] {
    try text.split(omittingEmptySubsequences: true) { $0 == "," || $0.isWhitespace }.map { word in
      guard let number = number(word, holesAreZero: holesAreZero) else {
        throw KernelError.syntax(whole, problem: "'\(word)' is not a number")
      }
      return Float(number)
    }
  }

  /// A number or a fraction such as `1/9`.
  ///
  /// - Parameter holesAreZero: whether `-` and `nan` stand for places that do not count.
  package static func number(_ word: some StringProtocol, holesAreZero: Bool = false) -> Double? {
    if holesAreZero && (word == "-" || word.lowercased() == "nan") { return 0 }
    if let number = Double(word) { return number }
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let above = Double(parts[0]), let below = Double(parts[1]), below != 0 else {
      return nil
    }
    return above / below
  }

  /// The size and origin that ImageMagick's form begins with.
  package struct Head {
    package let extent: Extent
    package let origin: Offset?
    /// Behind the colon.
    package let end: String.Index
  }

  /// `3x3:`, `3:` or `3x3+1+1:` at the beginning.
  package static func imageMagickHead(_ text: String) -> Head? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let geometry = text[..<colon].split(separator: "+", omittingEmptySubsequences: false)
    let sizes = geometry[0].lowercased().split(separator: "x", omittingEmptySubsequences: false)
    guard let first = sizes.first, let width = Int(first), width > 0, sizes.count <= 2,
      let height = sizes.count == 2 ? Int(sizes[1]) : width, height > 0
    else { return nil }
    var origin: Offset?
    if geometry.count > 1 {
      guard geometry.count == 3, let x = Int(geometry[1]), let y = Int(geometry[2]) else { return nil }
      origin = Offset(y: y, x: x)
    }
    return Head(
      extent: Extent(height: height, width: width), origin: origin, end: text.index(after: colon))
  }

  /// Whether a text begins as ImageMagick's form does.
  static func opensMatrix(_ text: String) -> Bool {
    imageMagickHead(text) != nil
  }

  /// Whether a text has nothing but numbers and what separates them.
  static func looksNumeric(_ text: String) -> Bool {
    !text.isEmpty && text.contains(where: \.isNumber)
      && text.allSatisfy { $0.isNumber || $0.isWhitespace || "+-.eE/;".contains($0) }
  }

  /// Whether a text has nothing but numbers and ImageMagick's signs for places that do not count.
  static func looksNumericWithHoles(_ text: String) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    return !words.isEmpty
      && words.allSatisfy { $0 == "-" || $0.lowercased() == "nan" || looksNumeric(String($0)) }
  }

  /// Whether a text is to be read as a matrix.
  static func looksLikeMatrix(_ text: String) -> Bool {
    opensMatrix(text) || text.split(separator: ",").allSatisfy { looksNumeric(String($0)) } && !text.isEmpty
  }
}
