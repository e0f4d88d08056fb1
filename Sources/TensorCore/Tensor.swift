/// A four-dimensional array of numbers in NCHW order: element (n, c, y, x) is
/// `values[((n * channels + c) * height + y) * width + x]`.
///
/// The program works in `Float` (`Tensor`); `Double` serves to check derivatives.
public struct NumericTensor<Scalar: BinaryFloatingPoint & Sendable>: Sendable, Equatable {
  public let shape: Shape
  /// All elements. Their count must stay `shape.count`: change values, do not append or remove.
  public var values: [Scalar]

  /// - Precondition: `values.count == shape.count`.
  public init(shape: Shape, values: [Scalar]) {
    precondition(
      values.count == shape.count, "\(values.count) values do not fill a tensor of shape \(shape)")
    self.shape = shape
    self.values = values
  }

  /// A tensor whose elements are all `value`.
  public init(shape: Shape, repeating value: Scalar = 0) {
    self.shape = shape
    self.values = Array(repeating: value, count: shape.count)
  }

  /// One plane from rows of equal length: shape [1, 1, rows, columns].
  public init(rows: [[Scalar]]) {
    self.init(planes: [rows])
  }

  /// One example from planes of equal size: shape [1, planes, rows, columns].
  public init(planes: [[[Scalar]]]) {
    let height = planes.first?.count ?? 0
    let width = planes.first?.first?.count ?? 0
    precondition(
      planes.allSatisfy { $0.count == height && $0.allSatisfy { $0.count == width } },
      "rows of a tensor must have equal lengths")
    self.init(
      shape: Shape(channels: planes.count, height: height, width: width),
      values: planes.flatMap { $0.flatMap { $0 } })
  }

  /// Fills a fresh buffer without clearing it first.
  ///
  /// Inlined: a picture of 28x28 is filled in less time than its type was looked up.
  ///
  /// - Parameter fill: must write every one of the `shape.count` elements.
  @inlinable
  package init(
    shape: Shape, unsafeFill fill: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
  ) rethrows {
    self.shape = shape
    self.values = try Array(unsafeUninitializedCapacity: shape.count) { buffer, count in
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<shape.count]))
      count = shape.count
    }
  }

  public subscript(batch: Int, channel: Int, y: Int, x: Int) -> Scalar {
    get { values[index(batch, channel, y, x)] }
    set { values[index(batch, channel, y, x)] = newValue }
  }

  private func index(_ batch: Int, _ channel: Int, _ y: Int, _ x: Int) -> Int {
    ((batch * shape.channels + channel) * shape.height + y) * shape.width + x
  }

  /// The values of one plane, row by row.
  public func plane(_ channel: Int, batch: Int = 0) -> ArraySlice<Scalar> {
    let start = index(batch, channel, 0, 0)
    return values[start..<start + shape.planeCount]
  }

  /// The same values under another shape of equal count.
  public func reshaped(_ newShape: Shape) -> Self {
    Self(shape: newShape, values: values)
  }

  /// Examples `range` of the batch.
  public func examples(_ range: Range<Int>) -> Self {
    let size = shape.exampleCount
    return Self(
      shape: shape.with(batch: range.count),
      values: Array(values[range.lowerBound * size..<range.upperBound * size]))
  }

  /// One channel of every example: shape [batch, 1, height, width].
  public func channel(_ channel: Int) -> Self {
    channels([channel])
  }

  /// The named channels of every example, in the order given.
  public func channels(_ list: [Int]) -> Self {
    var picked: [Scalar] = []
    picked.reserveCapacity(shape.batch * list.count * shape.planeCount)
    for n in 0..<shape.batch {
      for c in list { picked += plane(c, batch: n) }
    }
    return Self(
      shape: Shape(batch: shape.batch, channels: list.count, height: shape.height, width: shape.width),
      values: picked)
  }

  /// Every element put through `transform`.
  public func map(_ transform: (Scalar) -> Scalar) -> Self {
    Self(shape: shape, values: values.map(transform))
  }
}

extension NumericTensor {
  /// Rows and columns exchanged in every plane.
  public func transposed() -> Self {
    var result = Self(
      shape: Shape(batch: shape.batch, channels: shape.channels, height: shape.width, width: shape.height))
    for n in 0..<shape.batch {
      for c in 0..<shape.channels {
        for y in 0..<shape.height {
          for x in 0..<shape.width { result[n, c, x, y] = self[n, c, y, x] }
        }
      }
    }
    return result
  }

  /// The same numbers in another precision.
  public func converted<Other>(to type: Other.Type) -> NumericTensor<Other> {
    NumericTensor<Other>(shape: shape, values: values.map(Other.init))
  }
}

/// The tensor that pictures, feature maps and weights live in.
public typealias Tensor = NumericTensor<Float>
