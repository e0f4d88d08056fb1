import FileAccess
import KernelAPI
import TensorCore
import TensorOps

extension KernelFile {
  /// Reads a kernel written as text: rows of numbers, a matrix of libvips, or the kernels of ImageMagick
  /// (`3x3: ...`, several separated by `;`) or G'MIC (`(1,2;3,4)`, one after the other).
  ///
  /// - Parameters:
  ///   - source: the file; its base name is the kernel's.
  ///   - isVips: whether the first line says the size; else that is told by the text.
  /// - Throws: `KernelError.syntax` with the place and the problem.
  public init(text: String, source: String, isVips: Bool = false) throws {
    var reader = KernelTextReader(text)
    do {
      let content = try reader.content(isVips: isVips)
      self = try Self.file(content.matrices, name: baseName(of: source))
      divisor = .value(content.divisor)
      bias = [.value(content.offset / Self.levels)]
    } catch let error as JSONError {
      throw KernelError.syntax(source, problem: "\(error)")
    }
  }

  /// libvips adds its offset to pixels of 0...255; here pictures go from 0 to 1.
  static let levels = 255.0

  private static func file(_ matrices: [KernelTextReader.Matrix], name: String) throws -> KernelFile {
    let first = matrices[0]
    for (index, matrix) in matrices.enumerated() {
      guard matrix.extent == first.extent, matrix.origin == first.origin else {
        throw JSONError(
          at: matrix.position,
          "kernel \(index + 1) is \(matrix.extent) around +\(matrix.origin.x)+\(matrix.origin.y), the first "
            + "\(first.extent) around +\(first.origin.x)+\(first.origin.y)")
      }
    }
    let (extent, origin) = (first.extent, first.origin)
    var file = KernelFile(
      name: name,
      shape: Shape(batch: matrices.count, channels: 1, height: extent.height, width: extent.width),
      numbers: matrices.flatMap { $0.rows.joined().map { .value($0) } })
    let edges = Edges(
      top: origin.y, bottom: extent.height - 1 - origin.y, left: origin.x,
      right: extent.width - 1 - origin.x)
    if edges != CorrelationOptions.samePadding(kernel: extent) { file.padding = .edges(edges) }
    return file
  }
}

/// Reads kernels from the words of a text.
private struct KernelTextReader {
  /// Rows of equal length, at least one number.
  struct Matrix {
    let rows: [[Double]]
    /// The weight over the pixel whose place the result takes.
    let origin: Offset
    let position: TextPosition

    var extent: Extent { Extent(height: rows.count, width: rows[0].count) }
  }

  struct Content {
    var matrices: [Matrix]
    var divisor = 1.0
    /// In levels of 0...255.
    var offset = 0.0
  }

  private typealias Token = KernelTextScanner.Token
  private let tokens: [Token]
  private var index = 0

  init(_ text: String) {
    tokens = KernelTextScanner.tokens(text)
  }

  mutating func content(isVips: Bool) throws -> Content {
    guard tokens.contains(where: { if case .word = $0.sign { true } else { false } }) else {
      throw JSONError(at: TextPosition(line: 1, column: 1), "a kernel needs at least one number")
    }
    if isVips { return try vips() }
    if tokens.contains(where: { $0.sign == .colon }) { return Content(matrices: try imageMagick()) }
    if tokens.contains(where: { $0.sign == .open }) { return Content(matrices: try gmic()) }
    let plain = Result { Content(matrices: [try matrix(rows(tokens[...]))]) }
    let withSize = Result { try vips() }
    switch (plain, withSize) {
    case (.success, .success):
      throw JSONError(
        at: tokens[0].position,
        "the first line may be a row or the size of a libvips matrix; call the file .mat if it is one, else "
          + "write ImageMagick's form, such as 3x3: 1,2,3 ...")
    case (.failure, .success(let content)): return content
    default: return try plain.get()
    }
  }

  // MARK: rows

  /// A row of words.
  private typealias Row = ArraySlice<Token>

  /// Rows end with lines and semicolons; empty ones do not count.
  private func rows(_ tokens: ArraySlice<Token>) throws -> [Row] {
    if let wrong = tokens.first(where: { $0.sign == .open || $0.sign == .close || $0.sign == .colon }) {
      throw JSONError(at: wrong.position, "a bracket or colon where a number is expected")
    }
    return tokens.split { $0.sign == .newline || $0.sign == .semicolon }
  }

  private func matrix(_ rows: [Row], origin: Offset? = nil) throws -> Matrix {
    guard let first = rows.first, let start = first.first?.position else {
      throw JSONError(at: TextPosition(line: 1, column: 1), "a kernel needs at least one number")
    }
    for (index, row) in rows.enumerated() where row.count != first.count {
      throw JSONError(
        at: row[row.startIndex].position,
        "row \(index + 1) has \(row.count) numbers, the first has \(first.count)")
    }
    return Matrix(
      rows: try rows.map { try $0.map { try number($0) } },
      origin: origin ?? Offset(y: (rows.count - 1) / 2, x: (first.count - 1) / 2), position: start)
  }

  private func number(_ token: Token, holesAreZero: Bool = false) throws -> Double {
    guard case .word(let word) = token.sign else {
      throw JSONError(at: token.position, "a number is missing")
    }
    guard let value = KernelMatrix.number(word, holesAreZero: holesAreZero) else {
      throw JSONError(at: token.position, "'\(word)' is not a number")
    }
    guard Float(value).isFinite else {
      throw JSONError(at: token.position, "'\(word)' is not finite or too large")
    }
    return value
  }

  // MARK: libvips

  /// `width height [scale [offset]]`, then so many rows.
  private func vips() throws -> Content {
    let rows = try rows(tokens[...])
    let head = rows[0]
    let place = head[head.startIndex].position
    guard (2...4).contains(head.count) else {
      throw JSONError(at: place, "expected width height [scale [offset]], got \(head.count) words")
    }
    let numbers = try head.map { try number($0) }
    guard let width = Int(exactly: numbers[0]), let height = Int(exactly: numbers[1]), width > 0, height > 0
    else { throw JSONError(at: place, "expected a width and a height above 0") }
    let body = rows.dropFirst()
    guard body.count == height else {
      throw JSONError(at: place, "\(height) rows are announced, \(body.count) are there")
    }
    if let wrong = body.first(where: { $0.count != width }) {
      throw JSONError(
        at: wrong[wrong.startIndex].position, "\(width) numbers in a row are announced, got \(wrong.count)")
    }
    let scale = numbers.count > 2 ? numbers[2] : 1
    guard scale != 0 else {
      throw JSONError(at: head[head.startIndex + 2].position, "the scale must not be 0")
    }
    // The middle of libvips is the later one of an even size.
    let matrix = try matrix(Array(body), origin: Offset(y: height / 2, x: width / 2))
    return Content(matrices: [matrix], divisor: scale, offset: numbers.count > 3 ? numbers[3] : 0)
  }

  // MARK: ImageMagick

  /// `WxH[+x+y]: numbers`, separated by semicolons.
  private func imageMagick() throws -> [Matrix] {
    let parts = tokens.split { $0.sign == .semicolon }
    return try parts.compactMap { part in
      let words = part.filter { $0.sign != .newline }
      return words.isEmpty ? nil : try imageMagickKernel(words)
    }
  }

  private func imageMagickKernel(_ words: [Token]) throws -> Matrix {
    guard words.count > 1, case .word(let size) = words[0].sign, words[1].sign == .colon,
      let head = KernelMatrix.imageMagickHead(size + ":")
    else {
      throw JSONError(at: words[0].position, "expected a size such as 3x3: or 3x3+1+1:")
    }
    let (height, width) = (head.extent.height, head.extent.width)
    let body = words[2...]
    // Not the product of the sizes, which may be larger than an Int.
    guard body.count % width == 0, body.count / width == height else {
      throw JSONError(
        at: words[0].position,
        "\(width)x\(height) needs \(height) rows of \(width) numbers, got \(body.count)")
    }
    let numbers = try body.map { try number($0, holesAreZero: true) }
    let origin = head.origin ?? Offset(y: (height - 1) / 2, x: (width - 1) / 2)
    guard origin.y < height, origin.x < width, origin.y >= 0, origin.x >= 0 else {
      throw JSONError(
        at: words[0].position, "the origin +\(origin.x)+\(origin.y) lies outside of \(width)x\(height)")
    }
    return Matrix(
      rows: stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) },
      origin: origin, position: words[0].position)
  }

  // MARK: G'MIC

  /// `(1,2;3,4)`, one or several.
  private mutating func gmic() throws -> [Matrix] {
    var matrices: [Matrix] = []
    while index < tokens.count {
      let start = tokens[index]
      index += 1
      if start.sign == .newline { continue }
      guard start.sign == .open else { throw JSONError(at: start.position, "expected (") }
      guard let end = tokens[index...].firstIndex(where: { $0.sign == .close }) else {
        throw JSONError(at: start.position, "this bracket is not closed")
      }
      let rows = try rows(tokens[index..<end])
      guard !rows.isEmpty else { throw JSONError(at: start.position, "a kernel needs at least one number") }
      matrices.append(try matrix(rows))
      index = end + 1
    }
    return matrices
  }
}
