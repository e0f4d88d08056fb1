/// A height and a width: of a kernel, a stride, a dilation or a plane.
public struct Extent: Hashable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same value in both directions.
  public init(_ both: Int) {
    self.init(height: both, width: both)
  }

  public static let one = Extent(1)

  /// The number of positions: `height * width`.
  public var count: Int { height * width }

  /// `5x3`: height, then width.
  public var description: String { "\(height)x\(width)" }
}

/// A position relative to another: rows downwards, columns to the right.
public struct Offset: Hashable, Sendable {
  public var y: Int
  public var x: Int

  public init(y: Int, x: Int) {
    self.y = y
    self.x = x
  }

  public static let zero = Offset(y: 0, x: 0)
}

/// An amount for each side of a plane, as padding has.
public struct Edges: Hashable, Sendable, CustomStringConvertible {
  public var top: Int
  public var bottom: Int
  public var left: Int
  public var right: Int

  public init(top: Int, bottom: Int, left: Int, right: Int) {
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  /// The same amount on all four sides.
  public init(_ all: Int) {
    self.init(top: all, bottom: all, left: all, right: all)
  }

  /// `vertical` above and below, `horizontal` left and right.
  public init(vertical: Int, horizontal: Int) {
    self.init(top: vertical, bottom: vertical, left: horizontal, right: horizontal)
  }

  public static let zero = Edges(0)

  public var vertical: Int { top + bottom }
  public var horizontal: Int { left + right }

  public var description: String {
    if top == bottom && left == right { return top == left ? "\(top)" : "(\(top), \(left))" }
    return "(top \(top), bottom \(bottom), left \(left), right \(right))"
  }
}
