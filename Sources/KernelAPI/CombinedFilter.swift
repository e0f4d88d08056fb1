import TensorCore
import TensorOps

/// Filters whose maps are combined, and what is done to the result.
///
/// Filters that treat every colour by itself are combined for each colour, so the result has as many maps as the
/// picture; those that see all channels give one map.
public struct CombinedFilter: CountedKernel, VisibleKernel, BorderedKernel, DifferentiableKernel {
  public let filters: FilterBank
  /// What each filter is called; as many as there are filters.
  public let filterNames: [String]
  public let combination: MapCombination
  /// In their order.
  public let operations: [MapOperation]

  /// - Precondition: there are as many names as filters.
  public init(
    _ filters: FilterBank, names: [String], combination: MapCombination, operations: [MapOperation] = []
  ) {
    precondition(
      names.count == filters.weight.shape.batch,
      "\(names.count) names for \(filters.weight.shape.batch) filters")
    self.filters = filters
    filterNames = names
    self.combination = combination
    self.operations = operations
  }

  public var window: Window { filters.window }
  public var border: FilterBorder { filters.border }

  /// One kernel for each filter of one input; else all weights together.
  public var visibleWeights: [NamedArray] {
    guard filters.isPerChannel, combination != .none else { return filters.visibleWeights }
    return filterNames.enumerated().map { index, name in
      NamedArray(name: name, kernel: filters.weight.examples(index..<index + 1))
    }
  }

  public func outputShape(for input: Shape) throws -> Shape {
    var shape = try filters.outputShape(for: input)
    if combination != .none { shape.channels /= filterNames.count }
    return shape
  }

  public func multiplyAdds(for input: Shape) throws -> Int { try filters.multiplyAdds(for: input) }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    finished(combined(try filters(input)))
  }

  private func finished(_ maps: Tensor) -> Tensor {
    if operations.isEmpty { return maps }
    let operations = operations
    return maps.map { value in operations.reduce(value) { $1($0) } }
  }

  /// The maps of one colour follow each other: [N, colours * filters, H, W] becomes [N, colours, H, W].
  private func combined(_ maps: Tensor) -> Tensor {
    if combination == .none { return maps }
    let count = filterNames.count
    var shape = maps.shape
    shape.channels /= count
    let size = shape.planeCount
    return Tensor(shape: shape) { output in
      // In bounds: plane p of the result is made of planes p * count and the count - 1 behind it.
      maps.values.withUnsafeBufferPointer { input in
        for plane in 0..<shape.batch * shape.channels {
          let from = plane * count * size
          for i in 0..<size {
            output[plane * size + i] = combine(count) { input[from + $0 * size + i] }
          }
        }
      }
    }
  }

  @inline(__always) private func combine(_ count: Int, _ value: (Int) -> Float) -> Float {
    switch combination {
    case .none: return value(0)
    case .magnitude:
      var sum: Float = 0
      for k in 0..<count { sum += value(k) * value(k) }
      return sum.squareRoot()
    case .sum:
      var sum: Float = 0
      for k in 0..<count { sum += value(k) }
      return sum
    case .max:
      var largest = value(0)
      for k in 1..<max(count, 1) { largest = Swift.max(largest, value(k)) }
      return largest
    }
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    guard needsInput else { return KernelGradients(input: nil) }
    let maps = try filters(input)
    let values = combined(maps)
    var gradient = outputGradient
    for i in gradient.values.indices {
      var value = values.values[i]
      for operation in operations {
        gradient.values[i] *= operation.derivative(at: value)
        value = operation(value)
      }
    }
    return try filters.backward(
      spread(gradient, over: maps, values), input: input, output: maps, needsInput: true)
  }

  /// The derivative by the maps from that by what was made of them.
  private func spread(_ gradient: Tensor, over maps: Tensor, _ values: Tensor) -> Tensor {
    if combination == .none { return gradient }
    let count = filterNames.count
    let size = maps.shape.planeCount
    var result = Tensor(shape: maps.shape)
    for i in gradient.values.indices {
      let from = i / size * count * size + i % size
      let places = (0..<count).map { from + $0 * size }
      switch combination {
      case .none: break
      case .sum: for place in places { result.values[place] = gradient.values[i] }
      case .magnitude:
        guard values.values[i] > 0 else { continue }
        for place in places {
          result.values[place] = gradient.values[i] * maps.values[place] / values.values[i]
        }
      case .max:
        if let first = places.first(where: { maps.values[$0] == values.values[i] }) {
          result.values[first] = gradient.values[i]
        }
      }
    }
    return result
  }
}
