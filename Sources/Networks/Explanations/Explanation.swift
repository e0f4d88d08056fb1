import TensorCore

/// How one value of a layer came about.
///
/// Totals are computed anew from what is listed, in double precision; `value` is what the network itself gives,
/// so the two agree within the rounding of sums.
public struct Explanation: Sendable {
  public let layer: String
  /// `conv 5x5 pad 2`, `max pool 2x2` ...
  public let kind: String
  public let unit: UnitPosition
  /// The shape of the layer's output.
  public let shape: Shape
  /// The names of the layers that it reads, or `Network.inputName`.
  public let inputs: [String]
  /// What the network has there.
  public let value: Float
  public let reason: Reason

  public enum Reason: Sendable {
    /// One weighted sum, or several of which the value is made.
    case weightedSums([WeightedSum], Combination)
    case largest(PooledWindow)
    case mean(PooledWindow)
    /// A weighted sum of all values of a vector.
    case features(FeatureSum)
    case activation(name: String, input: Float)
    /// e^logit / sum of e^logit, the logits of all channels at the place.
    case softmax(logits: [Float])
    /// The values of several inputs at the place, added.
    case added([InputValue])
    /// The value of another place, as it is.
    case copied(InputValue)
    /// Of a kernel that is no weighted sum: what happens when single values change.
    case sensitivity(Sensitivity)
  }

  /// How weighted sums become the value.
  public enum Combination: String, Sendable {
    /// There is one, and it is the value.
    case single
    /// sqrt(x^2 + y^2)
    case length
    /// |x| + |y|
    case absoluteSum = "absolute-sum"
    /// atan2(y, x)
    case angle

    public func callAsFunction(_ totals: [Double]) -> Double {
      switch self {
      case .single: totals.reduce(0, +)
      case .length: totals.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .absoluteSum: totals.reduce(0) { $0 + abs($1) }
      case .angle: totals.count == 2 ? arcTangent(totals[1], totals[0]) : .nan
      }
    }
  }
}

/// A value of a layer's input.
public struct InputValue: Sendable, Equatable {
  /// The layer it belongs to, or `Network.inputName`.
  public let layer: String
  public let unit: UnitPosition
  public let value: Float
}

/// The values under a window, row by row.
public struct WindowValues: Sendable, Equatable {
  /// Where one of them lies and comes from.
  public struct Place: Sendable, Equatable {
    public let y: Int
    public let x: Int
    /// Where the value is taken from: the place itself, another for a place beyond the border that a border mode
    /// fills, `nil` for padding.
    public let source: Offset?

    /// Whether the place lies beyond the border.
    public var isVirtual: Bool { source != Offset(y: y, x: x) }
  }

  public let extent: Extent
  public let places: [Place]
  public let values: [Float]
}

/// One channel's part of a weighted sum.
public struct WindowTerm: Sendable {
  public let channel: Int
  public let window: WindowValues
  /// As many as the window has values, in their order.
  public let weights: [Float]

  public var products: [Float] { zip(window.values, weights).map { $0 * $1 } }
  public var sum: Double {
    zip(window.values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}

/// A sum over the windows of all channels, and a constant.
public struct WeightedSum: Sendable {
  /// `x` or `y` where there are several.
  public let name: String?
  public let terms: [WindowTerm]
  /// `nil` where nothing is added.
  public let bias: Float?

  public var total: Double { terms.reduce(Double(bias ?? 0)) { $0 + $1.sum } }
}

/// The window of a pooling layer.
public struct PooledWindow: Sendable {
  public let channel: Int
  public let window: WindowValues
  /// Of the maximum: the first largest value; `nil` for a mean.
  public let winner: Int?
  /// Of a mean: how many values it is taken over, those in the padding included where they count.
  public let counted: Int
}

/// What a linear layer adds up.
public struct FeatureSum: Sendable {
  public struct Term: Sendable, Equatable {
    public let index: Int
    public let value: Float
    public let weight: Float
    /// Where the feature stood before it was flattened.
    public let origin: InputValue?

    public var product: Float { value * weight }
  }

  /// In the order of the features.
  public let terms: [Term]
  public let bias: Float?

  public var total: Double {
    terms.reduce(Double(bias ?? 0)) { $0 + Double($1.value) * Double($1.weight) }
  }
  /// Those with the largest products first, whatever their sign.
  public var strongest: [Term] {
    terms.sorted { (abs($0.product), $1.index) > (abs($1.product), $0.index) }
  }
}

/// What changes of single values do to a result.
public struct Sensitivity: Sendable {
  /// One channel's window.
  public struct Part: Sendable {
    public let channel: Int
    public let window: WindowValues
    /// Change of the result for a change of the value by 1, from changes by `step` up and down.
    public let derivatives: [Float]
  }

  public let parts: [Part]
  public let step: Float
  /// Whether the kernel may depend on more than the windows shown.
  public let isPartial: Bool
}
