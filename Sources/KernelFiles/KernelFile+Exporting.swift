import KernelAPI
import Layers
import TensorCore
import TensorOps

extension KernelFile {
  /// The file that computes what a kernel computes.
  ///
  /// Known kernels say what they are. Of all others, a plugin's too, a sum of weights or two kernels that make a
  /// gradient are looked for, and taken only where they give the kernel's own values on a picture of noise, at its
  /// border as well.
  ///
  /// - Throws: `KernelError.unusable` for what is no such kernel: a median, a pooling, a softmax.
  public init(exporting kernel: any Kernel, name: String, summary: String = "") throws {
    guard var file = Self.known(kernel, name: name) ?? Self.found(kernel, name: name) else {
      throw KernelError.unusable(
        kernel: name, problem: "is no weighted sum of its window and cannot be written as a kernel")
    }
    file.summary = summary
    self = file
  }

  private static func known(_ kernel: any Kernel, name: String, tolerance: Float = 0) -> KernelFile? {
    switch kernel {
    case let bank as FilterBank: return KernelFile(name: name, bank: bank, tolerance: tolerance)
    case let filter as CombinedFilter:
      var file = KernelFile(name: name, bank: filter.filters, tolerance: tolerance)
      file.filterNames = filter.filterNames
      file.combination = filter.combination
      file.operations = filter.operations.map { operation in
        switch operation {
        case .abs: .abs
        case .clamp(let range):
          .clamp(
            .value(shortestDouble(range.lowerBound)), .value(shortestDouble(range.upperBound)))
        case .threshold(let limit): .threshold(.value(shortestDouble(limit)))
        }
      }
      return file
    case let layer as Convolution2D:
      // A layer of one input channel takes no picture of several; its file takes each by itself.
      let bank = FilterBank(
        name: name, weight: layer.fullWeight, bias: layer.bias,
        options: CorrelationOptions(
          stride: layer.options.stride, padding: layer.options.padding, dilation: layer.options.dilation),
        border: FilterBorder(layer.options.padding == .zero ? nil : .zero))
      return KernelFile(name: name, bank: bank)
    default: return nil
    }
  }

  /// - Parameter tolerance: of the weights, as a part of the largest.
  private init(name: String, bank: FilterBank, tolerance: Float = 0) {
    let scaled = ScaledNumbers(bank.weight.values, tolerance: tolerance)
    self.init(name: name, shape: bank.weight.shape, numbers: scaled.numbers.map { .value($0) })
    divisor = .value(Double(scaled.divisor))
    bias =
      Set(bank.bias).count == 1
      ? [.value(shortestDouble(bank.bias[0]))] : bank.bias.map { .value(shortestDouble($0)) }
    stride = bank.options.stride
    dilation = bank.options.dilation
    let same = CorrelationOptions.samePadding(kernel: shape.extent, dilation: dilation)
    padding =
      bank.options.padding == same && bank.border.mode != nil
      ? .same : bank.border.mode == nil ? .valid : .edges(bank.options.padding)
    border = bank.border.mode ?? .reflect
  }

  // MARK: by trial

  /// What a weight that was measured may lie off: 1/9 of a separable filter is 1/3 times 1/3.
  private static let rounding: Float = 3e-7

  private static func found(_ kernel: any Kernel, name: String) -> KernelFile? {
    guard case .local(let size, .one, let offset, .one) = kernel.window, size.count <= 1 << 14 else {
      return nil
    }
    let modes = kernel.borderMode.map { [$0] } ?? BorderMode.allCases
    for filters in candidates(kernel) {
      for mode in modes.map(Optional.some) + [nil] {
        let edges = Edges(
          top: -offset.y, bottom: size.height - 1 + offset.y, left: -offset.x,
          right: size.width - 1 + offset.x)
        guard min(edges.top, edges.bottom, edges.left, edges.right) >= 0 else { continue }
        let bank = FilterBank(
          name: name, weight: filters.weight, bias: filters.bias, options: CorrelationOptions(padding: edges),
          border: FilterBorder(mode))
        guard filters.combination != .none else {
          if agree(kernel, bank) { return known(bank, name: name, tolerance: rounding) }
          continue
        }
        let combined = CombinedFilter(bank, names: filters.names, combination: filters.combination)
        if agree(kernel, combined) { return known(combined, name: name, tolerance: rounding) }
      }
    }
    return nil
  }

  private struct Filters {
    let weight: Tensor
    let bias: [Float]
    var names = [""]
    var combination = MapCombination.none
  }

  /// What a kernel may be: the sum that single bright pixels show, or what is made of the kernels that it shows.
  private static func candidates(_ kernel: any Kernel) -> [Filters] {
    var list: [Filters] = []
    if let response = linearResponse(of: kernel, inputChannels: 1, outputChannel: 0) {
      list.append(Filters(weight: response.weights, bias: [response.constant]))
    }
    let visible = (kernel as? any VisibleKernel)?.visibleWeights ?? []
    if let first = visible.first, first.dimensions.count == 4, first.dimensions[1] == 1,
      visible.allSatisfy({ $0.dimensions == first.dimensions })
    {
      let weight = Tensor(
        shape: Shape(
          batch: visible.count * first.dimensions[0], channels: 1, height: first.dimensions[2],
          width: first.dimensions[3]),
        values: visible.flatMap(\.values))
      let bias = [Float](repeating: 0, count: weight.shape.batch)
      let names = first.dimensions[0] == 1 ? visible.map(\.name) : bias.map { _ in "" }
      for combination in MapCombination.allCases {
        list.append(Filters(weight: weight, bias: bias, names: names, combination: combination))
      }
    }
    return list
  }

  /// Whether two kernels give the same for a picture of noise, up to the rounding of sums.
  private static func agree(_ kernel: any Kernel, _ other: any Kernel) -> Bool {
    guard case .local(let size, _, _, _) = kernel.window else { return false }
    var generator = SplitMix64(seed: 1)
    let shape = Shape(channels: 2, height: 2 * size.height + 3, width: 2 * size.width + 2)
    let picture = Tensor(shape: shape, values: generator.uniform(-1...1, count: shape.count))
    guard let expected = try? kernel(picture), let answer = try? other(picture),
      expected.shape == answer.shape
    else { return false }
    let largest = expected.values.reduce(0) { max($0, abs($1)) }
    return zip(expected.values, answer.values).allSatisfy { abs($0 - $1) <= 1e-5 * max(largest, 1e-3) }
  }
}

/// Weights as whole numbers over a divisor where that gives the same weights.
private struct ScaledNumbers {
  let numbers: [Double]
  let divisor: Int

  private static let largestDivisor = 1024

  /// - Parameter tolerance: as a part of the largest weight; 0 for the very same.
  init(_ weights: [Float], tolerance: Float) {
    let allowed = tolerance * weights.reduce(0) { max($0, abs($1)) }
    let found = (1...Self.largestDivisor).first { divisor in
      weights.allSatisfy { weight in
        let whole = (Double(weight) * Double(divisor)).rounded()
        return abs(whole) < 1e6 && abs(Float(whole / Double(divisor)) - weight) <= allowed
      }
    }
    divisor = found ?? 1
    let factor = Double(divisor)
    numbers = weights.map { found == nil ? shortestDouble($0) : (Double($0) * factor).rounded() }
  }
}

extension Convolution2D {
  /// [out, in, kH, kW] with zeros where a group does not see a channel.
  fileprivate var fullWeight: Tensor {
    if options.groups == 1 { return weight }
    let shape = weight.shape
    var full = Tensor(
      shape: Shape(
        batch: shape.batch, channels: shape.channels * options.groups, height: shape.height,
        width: shape.width))
    let perGroup = shape.batch / options.groups
    for o in 0..<shape.batch {
      let first = o / perGroup * shape.channels
      for c in 0..<shape.channels {
        for y in 0..<shape.height {
          for x in 0..<shape.width { full[o, first + c, y, x] = weight[o, c, y, x] }
        }
      }
    }
    return full
  }
}
