import TensorCore

/// One value of a layer's maps: channel, row, column, each counted from 0.
public struct UnitPosition: Hashable, Sendable {
  public var channel: Int
  public var y: Int
  public var x: Int

  public init(channel: Int, y: Int = 0, x: Int = 0) {
    self.channel = channel
    self.y = y
    self.x = x
  }

  /// Place `index` of one example, in the order of its values.
  package init(index: Int, of shape: Shape) {
    self.init(
      channel: index / shape.planeCount, y: index % shape.planeCount / shape.width, x: index % shape.width)
  }

  func isInside(_ shape: Shape) -> Bool {
    (0..<shape.channels).contains(channel) && (0..<shape.height).contains(y) && (0..<shape.width).contains(x)
  }
}

extension UnitPosition: CustomStringConvertible {
  /// `3,5,7`
  public var description: String { "\(channel),\(y),\(x)" }

  /// `3,5,7`, or `3` in a vector.
  public func text(in shape: Shape) -> String {
    shape.extent == .one ? "\(channel)" : description
  }
}

extension NumericTensor where Scalar == Float {
  /// The value of the first example at a unit.
  public subscript(unit unit: UnitPosition) -> Float {
    get { self[0, unit.channel, unit.y, unit.x] }
    set { self[0, unit.channel, unit.y, unit.x] = newValue }
  }

  /// The place of the largest value of an example, the first of equal ones; NaN never wins.
  ///
  /// - Parameter channel: looks at this one only.
  /// - Returns: `nil` where there is no number at all.
  public func peak(channel: Int? = nil, example: Int = 0) -> UnitPosition? {
    let first = example * shape.exampleCount + (channel ?? 0) * shape.planeCount
    let count = channel == nil ? shape.exampleCount : shape.planeCount
    var best = -1
    var largest = -Float.infinity
    for i in first..<first + count where values[i] > largest || best < 0 && values[i] == largest {
      best = i
      largest = values[i]
    }
    return best < 0 ? nil : UnitPosition(index: best - example * shape.exampleCount, of: shape)
  }
}
