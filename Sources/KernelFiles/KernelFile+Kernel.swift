import KernelAPI
import TensorCore
import TensorOps

extension KernelFile {
  /// The same with every parameter replaced by its value.
  ///
  /// - Parameter value: of a parameter, by its name.
  func fixed(_ value: (String) -> Double) -> KernelFile {
    func fixed(_ number: KernelNumber) -> KernelNumber {
      switch number {
      case .value: number
      case .parameter(let name, let isNegative): .value(isNegative ? -value(name) : value(name))
      }
    }
    var file = self
    file.numbers = numbers.map(fixed)
    file.divisor = fixed(divisor)
    file.bias = bias.map(fixed)
    file.operations = operations.map { operation in
      switch operation {
      case .abs: .abs
      case .clamp(let low, let high): .clamp(fixed(low), fixed(high))
      case .threshold(let limit): .threshold(fixed(limit))
      }
    }
    file.parameters = []
    return file
  }

  /// The kernel with every parameter at its default.
  ///
  /// - Throws: `KernelError.unusable` for a divisor of 0, weights that are not finite, or limits that are not in order.
  public func kernel() throws -> any Kernel {
    let file = fixed { name in parameters.first { $0.name == name }?.defaultValue ?? .nan }
    let bank = FilterBank(
      name: name, weight: try file.weight(), bias: try file.biases(),
      options: CorrelationOptions(
        stride: stride, padding: padding.edges(kernel: shape.extent, dilation: dilation), dilation: dilation),
      border: FilterBorder(padding == .valid ? nil : border))
    let operations = try file.mapOperations()
    if combination == .none && operations.isEmpty { return bank }
    return CombinedFilter(bank, names: labels, combination: combination, operations: operations)
  }

  private func weight() throws -> Tensor {
    guard divisor != .value(0) else {
      throw KernelError.unusable(kernel: name, problem: "the divisor must not be 0")
    }
    let by = divisor.fixedValue
    return Tensor(shape: shape, values: try numbers.map { try finite($0.fixedValue / by, "a weight") })
  }

  private func biases() throws -> [Float] {
    let values = try bias.map { try finite($0.fixedValue, "a bias") }
    return values.count == shape.batch ? values : [Float](repeating: values[0], count: shape.batch)
  }

  private func mapOperations() throws -> [MapOperation] {
    try operations.map { operation in
      switch operation {
      case .abs: return .abs
      case .threshold(let limit): return .threshold(try finite(limit.fixedValue, "the threshold"))
      case .clamp(let low, let high):
        let (low, high) = (try finite(low.fixedValue, "a limit"), try finite(high.fixedValue, "a limit"))
        guard low <= high else {
          throw KernelError.unusable(kernel: name, problem: "clamp needs low <= high, got \(low) and \(high)")
        }
        return .clamp(low...high)
      }
    }
  }

  private func finite(_ value: Double, _ what: String) throws -> Float {
    let number = Float(value)
    guard number.isFinite else {
      throw KernelError.unusable(kernel: name, problem: "\(what) is too large or no number: \(value)")
    }
    return number
  }
}

extension KernelNumber {
  /// NaN for a parameter.
  var fixedValue: Double {
    if case .value(let value) = self { return value }
    return .nan
  }
}
