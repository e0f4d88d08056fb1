import KernelAPI
import TensorCore
import TensorOps

extension KernelFile {
  /// The kernel in a form that other programs read too.
  ///
  /// All but JSON keep weights only, libvips a divisor and a bias as well: what they cannot keep is refused where it
  /// changes the values everywhere. `losses(in:)` tells what is left out because it matters at the border only.
  /// Dilated kernels are written with the zeros between their weights, those that lie off the middle with zeros
  /// around them.
  ///
  /// - Returns: one text for all filters, or where the format holds a single one, one for each.
  /// - Throws: `KernelError.unusable` for what the format cannot keep; parameters need JSON or `changed(by:)`.
  public func texts(_ format: KernelTextFormat) throws -> [String] {
    if format == .json { return [jsonText] }
    try requirePlain(format)
    let planes = try (0..<shape.batch).map { try plane($0, format) }
    switch format {
    case .json: return [jsonText]
    case .imageMagick: return [planes.map(\.imageMagick).joined(separator: " ;\n") + "\n"]
    case .text:
      let texts = planes.map { $0.lines(" ") }
      guard texts.allSatisfy({ (try? KernelFile(text: $0, source: name)) != nil }) else {
        throw KernelError.unusable(
          kernel: name,
          problem:
            "its first row could be taken for the size of a libvips matrix; --format imagemagick, vips or json is not"
        )
      }
      return texts
    case .gmic:
      return planes.map { plane in
        "(" + plane.rows.map { $0.map(plainNumber).joined(separator: ",") }.joined(separator: ";") + ")\n"
      }
    case .vips:
      return planes.enumerated().map { index, plane in
        let offset = bias[bias.count == 1 ? 0 : index].fixedValue * Self.levels
        return "\(plane.rows[0].count) \(plane.rows.count) \(plainNumber(divisor.fixedValue)) "
          + "\(plainNumber(offset))\n" + plane.lines(" ")
      }
    }
  }

  /// What a format leaves out: settings that matter only at the border of a picture.
  public func losses(in format: KernelTextFormat) -> [String] {
    if format == .json { return [] }
    var losses: [String] = []
    if padding == .valid {
      losses.append("padding valid")
    } else if border != .reflect {
      losses.append("border \(border.rawValue)")
    }
    return losses
  }

  /// - Throws: `KernelError.unusable` for what no text keeps.
  private func requirePlain(_ format: KernelTextFormat) throws {
    func refuse(_ what: String) -> KernelError {
      .unusable(kernel: name, problem: "\(format.title) cannot keep \(what); JSON can")
    }
    if !parameters.isEmpty { throw refuse("parameters") }
    if shape.channels != 1 { throw refuse("weights across channels") }
    if stride != .one { throw refuse("the stride \(stride.shortText)") }
    if combination != .none { throw refuse("a combination (\(combination.rawValue))") }
    if !operations.isEmpty { throw refuse("operations on the values") }
    if format != .vips && bias.contains(where: { $0 != .value(0) }) { throw refuse("a bias") }
  }

  /// One filter, laid out so that its origin is where the format takes it to be.
  private func plane(_ index: Int, _ format: KernelTextFormat) throws -> WrittenPlane {
    let start = index * shape.planeCount
    var values = numbers[start..<start + shape.planeCount].map(\.fixedValue)
    if format != .vips && divisor != .value(1) {
      // As the filter has them, so that they read back to the very same weights.
      values = values.map { shortestDouble(Float($0 / divisor.fixedValue)) }
    }
    let covered = CorrelationOptions(dilation: dilation).coverage(of: shape.extent)
    var rows = [[Double]](repeating: [Double](repeating: 0, count: covered.width), count: covered.height)
    for (i, value) in values.enumerated() {
      let (y, x) = i.quotientAndRemainder(dividingBy: shape.width)
      rows[y * dilation.height][x * dilation.width] = value
    }
    let edges = padding == .valid ? nil : padding.edges(kernel: shape.extent, dilation: dilation)
    guard let edges else { return WrittenPlane(rows: rows, origin: nil) }
    guard edges.vertical == covered.height - 1, edges.horizontal == covered.width - 1 else {
      throw KernelError.unusable(
        kernel: name, problem: "\(format.title) cannot keep the padding \(padding.text); JSON can")
    }
    let plane = WrittenPlane(rows: rows, origin: Offset(y: edges.top, x: edges.left))
    return plane.moved(format)
  }
}

/// A kernel as it is written.
private struct WrittenPlane {
  var rows: [[Double]]
  /// `nil` for the middle.
  var origin: Offset?

  /// Enlarged with zeros until the origin is where the format takes it to be.
  func moved(_ format: KernelTextFormat) -> WrittenPlane {
    guard format != .imageMagick, let origin else { return self }
    // The middle of an even size is the later one for libvips, the earlier for others.
    let later = format == .vips
    let (top, bottom) = Self.margins(rows.count, origin.y, later)
    let (left, right) = Self.margins(rows[0].count, origin.x, later)
    let width = rows[0].count + left + right
    let empty = [Double](repeating: 0, count: width)
    let body = rows.map { empty[..<left] + $0 + empty[..<right] }.map(Array.init)
    return WrittenPlane(
      rows: [[Double]](repeating: empty, count: top) + body + [[Double]](repeating: empty, count: bottom),
      origin: nil)
  }

  /// Zeros before and after, so that the middle is at the origin.
  private static func margins(_ count: Int, _ origin: Int, _ later: Bool) -> (Int, Int) {
    var (before, after) = (0, 0)
    while true {
      let size = before + count + after
      let middle = later ? size / 2 : (size - 1) / 2
      if middle == origin + before { return (before, after) }
      if middle < origin + before { after += 1 } else { before += 1 }
    }
  }

  func lines(_ separator: String) -> String {
    rows.map { $0.map(plainNumber).joined(separator: separator) + "\n" }.joined()
  }

  /// `3x3: -1,0,1 -2,0,2 -1,0,1`
  var imageMagick: String {
    let height = rows.count
    let width = rows[0].count
    var head = "\(width)x\(height)"
    if let origin, origin != Offset(y: (height - 1) / 2, x: (width - 1) / 2) {
      head += "+\(origin.x)+\(origin.y)"
    }
    return head + ": " + rows.map { $0.map(plainNumber).joined(separator: ",") }.joined(separator: " ")
  }
}
