import TensorCore
import TensorOps

/// Rows of a picture as numbers, wherever they are kept: pictures of 8 bits need not become floats at once.
public protocol PictureRows: Sendable {
  /// [1, channels, height, width]
  var shape: Shape { get }

  /// Writes the `shape.width` values of a row.
  func readRow(_ row: Int, channel: Int, into values: UnsafeMutableBufferPointer<Double>)
}

extension NumericTensor: PictureRows {
  public func readRow(_ row: Int, channel: Int, into goal: UnsafeMutableBufferPointer<Double>) {
    let start = (channel * shape.height + row) * shape.width
    values.withUnsafeBufferPointer { values in
      for x in 0..<shape.width { goal[x] = Double(values[start + x]) }
    }
  }
}

/// A picture before and after a filter.
public struct KernelExample: Sendable {
  /// x: [1, Cin, H, W]
  public let before: any PictureRows
  /// y: [1, Cout, H - kH + 1, W - kW + 1] or [1, Cout, H, W]. Values that are no finite numbers do not count.
  public let after: any PictureRows
  /// What lies beyond the border of `before`. `nil`: when both are of one size, only those values of `after`
  /// count whose window lies inside.
  public let border: BorderMode?
  /// Values of `after` at these bounds or beyond were cut off when it was stored, and do not count.
  public let clipping: ClosedRange<Double>?
  /// How `after` stores the filter's values.
  public let coding: ValueCoding

  public init(
    before: any PictureRows, after: any PictureRows, border: BorderMode? = nil,
    clipping: ClosedRange<Double>? = nil, coding: ValueCoding = .plain
  ) {
    self.before = before
    self.after = after
    self.border = border
    self.clipping = clipping
    self.coding = coding
  }

  /// Whether a stored value tells what the filter gave.
  package func counts(_ stored: Double) -> Bool {
    guard stored.isFinite else { return false }
    return clipping.map { stored > $0.lowerBound && stored < $0.upperBound } ?? true
  }
}

/// How the values of a filter were stored in a picture: stored = zero + value / scale.
public struct ValueCoding: Sendable, Equatable {
  /// The stored number that means 0.
  public let zero: Double
  public let scale: Double

  public init(zero: Double, scale: Double) {
    self.zero = zero
    self.scale = scale
  }

  /// As they are.
  public static let plain = ValueCoding(zero: 0, scale: 1)
  /// 0 at mid-grey, halved: 0.5 + value / 2.
  public static let offset = ValueCoding(zero: 0.5, scale: 2)

  func value(_ stored: Double) -> Double { (stored - zero) * scale }
  func stored(_ value: Double) -> Double { zero + value / scale }
}

/// How the rows and columns of a pair lie to one another.
struct ExampleGeometry: Sendable {
  /// The results that count.
  let rows: Int
  let columns: Int
  /// The place of the first of them in the picture after.
  let afterTop: Int
  let afterLeft: Int
  /// The first row and column of the picture before that their windows read; negative beyond the border.
  let beforeTop: Int
  let beforeLeft: Int

  /// - Throws: `KernelLearningError` for sizes that do not fit.
  init(_ example: KernelExample, kernel: Extent) throws {
    let before = example.before.shape.extent
    let after = example.after.shape.extent
    let edges = CorrelationOptions.samePadding(kernel: kernel)
    if example.border != nil {
      guard before == after, before.count > 0 else {
        throw KernelLearningError.border(before: before, after: after)
      }
      (rows, columns) = (after.height, after.width)
      (afterTop, afterLeft, beforeTop, beforeLeft) = (0, 0, -edges.top, -edges.left)
      return
    }
    guard kernel.height <= before.height, kernel.width <= before.width else {
      throw KernelLearningError.kernelTooLarge(kernel: kernel, picture: before)
    }
    rows = before.height - kernel.height + 1
    columns = before.width - kernel.width + 1
    (beforeTop, beforeLeft) = (0, 0)
    if after == before {
      (afterTop, afterLeft) = (edges.top, edges.left)
    } else if after == Extent(height: rows, width: columns) {
      (afterTop, afterLeft) = (0, 0)
    } else {
      throw KernelLearningError.size(before: before, after: after, kernel: kernel)
    }
  }
}

extension KernelLearning {
  /// The channels of a pair that fits this kernel and the pairs before.
  func checked(_ example: KernelExample) throws -> ChannelCounts {
    let counts = ChannelCounts(
      before: example.before.shape.channels, after: example.after.shape.channels)
    if let channels, channels != counts {
      throw KernelLearningError.differentPairs(first: channels, other: counts)
    }
    guard counts.before > 0, counts.after > 0, sharing == .mixed || counts.before == counts.after else {
      throw KernelLearningError.channels(before: counts.before, after: counts.after, sharing: sharing)
    }
    let unknowns = kernelSize.count * (sharing == .mixed ? counts.before : 1) + (usesBias ? 1 : 0)
    guard unknowns <= Self.maximumUnknowns else {
      throw KernelLearningError.setting(
        "\(unknowns) weights for one output are more than \(Self.maximumUnknowns); use a smaller kernel")
    }
    return counts
  }
}

/// Rows of a pair as numbers in memory, with what lies beyond the border and room for whole vectors at the end.
///
/// Unsafe pointers of this type end with it; every row begins at a multiple of `stride`.
final class RowBlock {
  /// Values read past the last one by the loops over vectors.
  static let slack = 8
  let stride: Int
  private let memory: UnsafeMutableBufferPointer<Double>

  init(rows: Int, columns: Int) {
    stride = columns + Self.slack
    memory = .allocate(capacity: rows * stride)
    memory.initialize(repeating: 0)
  }

  deinit { memory.deallocate() }

  /// A row with its slack.
  func row(_ index: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: memory[index * stride..<(index + 1) * stride])
  }

  /// Rows of one channel before: row 0 is the one that the window of result row `first` begins with.
  ///
  /// - Returns: the row of the picture that holds a value which is no finite number, if one does.
  func load(
    _ example: KernelExample, channel: Int, first: Int, count: Int, columns: Int, _ geometry: ExampleGeometry,
    at start: Int = 0
  ) -> Int? {
    let shape = example.before.shape
    let left = -geometry.beforeLeft
    for index in 0..<count {
      let goal = row(start + index)
      let wanted = geometry.beforeTop + first + index
      let source = example.border.map { $0.source(wanted, count: shape.height) } ?? wanted
      guard let source else {
        goal.update(repeating: 0)
        continue
      }
      example.before.readRow(
        source, channel: channel, into: UnsafeMutableBufferPointer(rebasing: goal[left..<left + shape.width]))
      // The sum of finite numbers is one, that of others is not.
      var check = 0.0
      for x in left..<left + shape.width { check += goal[x] * 0 }
      if check != 0 || check.isNaN { return source }
      guard let border = example.border else { continue }
      for x in 0..<left {
        goal[x] = border.source(x - left, count: shape.width).map { goal[left + $0] } ?? 0
      }
      for x in left + shape.width..<columns {
        goal[x] = border.source(x - left, count: shape.width).map { goal[left + $0] } ?? 0
      }
    }
    return nil
  }
}
