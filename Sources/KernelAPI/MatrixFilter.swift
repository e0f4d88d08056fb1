import TensorCore
import TensorOps

/// A photo filter made of one kernel: every plane is cross-correlated with it by itself.
///
/// Serves all linear filters: plugins name the weights, this type does the rest.
public struct MatrixFilter: CountedKernel, BorderedKernel {
  /// The weights: shape [1, 1, kH, kW]; separable filters have two, a row and a column in any order.
  public let kernels: [Tensor]
  public let bias: Float
  public let border: FilterBorder

  /// - Parameter kernels: applied one after the other; a row and a column together, without a whole picture
  ///   between them.
  public init(_ kernels: [Tensor], bias: Float = 0, border: FilterBorder) {
    precondition(
      kernels.allSatisfy { $0.shape.batch == 1 && $0.shape.channels == 1 && $0.shape.count > 0 },
      "kernels of a filter have shape [1, 1, kH, kW]")
    self.kernels = kernels
    self.bias = bias
    self.border = border
  }

  public init(_ kernel: Tensor, bias: Float = 0, border: FilterBorder) {
    self.init([kernel], bias: bias, border: border)
  }

  public var window: Window {
    let size = Extent(
      height: kernels.reduce(1) { $0 + $1.shape.height - 1 },
      width: kernels.reduce(1) { $0 + $1.shape.width - 1 })
    if border.mode == nil { return .local(size: size) }
    // Each kernel is centred by itself: two of an even size lie differently than one of their common size.
    return .local(
      size: size,
      offset: Offset(
        y: -kernels.reduce(0) { $0 + ($1.shape.height - 1) / 2 },
        x: -kernels.reduce(0) { $0 + ($1.shape.width - 1) / 2 }))
  }

  public func outputShape(for input: Shape) throws -> Shape {
    try border.outputShape(for: input, window: window)
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    _ = try outputShape(for: input.shape)
    if let separable { return try filterPlanes(input, separable, border: border.mode) }
    var result = input
    for (index, kernel) in kernels.enumerated() {
      let isLast = index == kernels.count - 1
      result = try filterPlanes(result, kernel: kernel, bias: isLast ? bias : 0, border: border.mode)
    }
    return result
  }

  /// The filter as one whose intermediate result never is a whole picture, where the kernels are a row and a
  /// column; `nil` for others.
  package var separable: LinearFilter? {
    guard kernels.count == 2 else { return nil }
    let sizes = kernels.map(\.shape.extent)
    for (row, column) in [(0, 1), (1, 0)] where sizes[row].height == 1 && sizes[column].width == 1 {
      return LinearFilter(
        products: [.init(column: kernels[column].values, row: kernels[row].values)], bias: bias)
    }
    return nil
  }

  public func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).count * kernels.reduce(0) { $0 + $1.shape.count }
  }
}

/// What a filter does at the border of a picture: one of the border modes, or `valid`, which reads nothing
/// beyond the picture and gives a smaller one, as the chapter's `corr2d` does.
public struct FilterBorder: Hashable, Sendable {
  /// `nil` for `valid`.
  public let mode: BorderMode?

  public init(_ mode: BorderMode?) {
    self.mode = mode
  }

  public static let valid = FilterBorder(nil)

  /// The parameter that every filter has. The default is OpenCV's.
  public static let parameter = ParameterDescriptor(
    "border",
    .choice(default: BorderMode.reflect.rawValue, of: BorderMode.allCases.map(\.rawValue) + ["valid"]),
    "what is read beyond the picture; valid reads nothing and gives a smaller one")

  /// Reads the parameter of that name.
  public init(_ values: ParameterValues) {
    mode = BorderMode(rawValue: values.text(Self.parameter.name))
  }

  /// The window of a filter of this size.
  public func window(_ size: Extent) -> Window {
    mode == nil ? .local(size: size) : .centered(size)
  }

  /// The shape after a filter with this window and stride 1.
  ///
  /// - Throws: `OperationError.windowTooLarge` when nothing is left of a picture without a border.
  public func outputShape(for input: Shape, window: Window) throws -> Shape {
    guard mode == nil, case .local(let size, _, _, _) = window else { return input }
    guard input.height >= size.height, input.width >= size.width else {
      throw OperationError.windowTooLarge(
        operation: "a filter with border valid", window: size, input: input.extent, padding: .zero)
    }
    return Shape(
      batch: input.batch, channels: input.channels, height: input.height - size.height + 1,
      width: input.width - size.width + 1)
  }
}
