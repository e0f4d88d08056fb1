import KernelAPI
import Layers
import TensorCore
import TensorOps

/// Explains a value of a kernel that is known by nothing but what it does: a filter, or a plugin's kernel.
///
/// Whatever is found is checked against the value itself, and taken only where it gives the same.
struct FilterExplanation {
  let kernel: any Kernel
  let input: Tensor
  let output: Tensor

  func reason(_ unit: UnitPosition) throws -> Explanation.Reason {
    if let sum = linear(unit) { return .weightedSums([sum], .single) }
    if let (sums, combination) = combined(unit) { return .weightedSums(sums, combination) }
    return .sensitivity(try sensitivity(unit))
  }

  private func window(_ unit: UnitPosition, channel: Int) -> WindowValues {
    WindowValues(unit, kernel.window, of: input, channel: channel, border: kernel.borderMode)
  }

  /// A linear filter: its weights are what it makes of single bright pixels.
  private func linear(_ unit: UnitPosition) -> WeightedSum? {
    guard
      let response = linearResponse(
        of: kernel, inputChannels: input.shape.channels, outputChannel: unit.channel)
    else { return nil }
    let channels = (0..<input.shape.channels).filter { response.weights.plane($0).contains { $0 != 0 } }
    let sum = WeightedSum(
      name: nil,
      terms: (channels.isEmpty ? [min(unit.channel, input.shape.channels - 1)] : channels).map {
        WindowTerm(
          channel: $0, window: window(unit, channel: $0), weights: Array(response.weights.plane($0)))
      }, bias: response.constant == 0 ? nil : response.constant)
    return agrees(sum.total, unit, size: [sum]) ? sum : nil
  }

  /// Two kernels whose sums become a gradient's length or direction.
  func combined(_ unit: UnitPosition) -> ([WeightedSum], Explanation.Combination)? {
    guard let sums = visibleSums(unit),
      let probe = Self.noise(for: kernel, channels: input.shape.channels),
      let test = probe.output.middle(unit.channel), let testSums = probe.visibleSums(test)
    else { return nil }
    // On noise as well: a length and a direction of 0 look alike.
    let found = [Explanation.Combination.length, .angle, .absoluteSum].first { combination in
      func agrees(_ filter: FilterExplanation, _ sums: [WeightedSum], _ unit: UnitPosition) -> Bool {
        filter.agrees(combination(sums.map(\.total)), unit, size: combination == .angle ? [] : sums)
      }
      return agrees(self, sums, unit) && agrees(probe, testSums, test)
    }
    return found.map { (sums, $0) }
  }

  /// The sums of the two kernels that a kernel shows, where they fill its window.
  private func visibleSums(_ unit: UnitPosition) -> [WeightedSum]? {
    guard let visible = (kernel as? any VisibleKernel)?.visibleWeights, visible.count == 2,
      case .local(let size, .one, _, .one) = kernel.window, unit.channel < input.shape.channels,
      visible.allSatisfy({ $0.dimensions == [1, 1, size.height, size.width] })
    else { return nil }
    return visible.map { array in
      let term = WindowTerm(
        channel: unit.channel, window: window(unit, channel: unit.channel), weights: array.values)
      return WeightedSum(name: array.name, terms: [term], bias: nil)
    }
  }

  /// A kernel on a small picture of noise.
  static func noise(for kernel: any Kernel, channels: Int) -> FilterExplanation? {
    guard case .local(let size, _, _, _) = kernel.window, size.count <= Self.largestWindow else { return nil }
    var generator = SplitMix64(seed: 1)
    let shape = Shape(channels: channels, height: 2 * size.height + 1, width: 2 * size.width + 1)
    let picture = Tensor(shape: shape, values: (0..<shape.count).map { _ in generator.unitFloat() })
    return (try? kernel(picture)).map { FilterExplanation(kernel: kernel, input: picture, output: $0) }
  }

  /// Whether a sum is the value but for rounding, which grows with the size of what is added.
  private func agrees(_ total: Double, _ unit: UnitPosition, size sums: [WeightedSum]) -> Bool {
    let size = sums.reduce(0) { size, sum in
      size
        + sum.terms.reduce(Double(abs(sum.bias ?? 0))) { $0 + $1.products.reduce(0) { $0 + Double(abs($1)) } }
    }
    return abs(total - Double(output[unit: unit])) <= 1e-4 * size + 1e-5
  }

  /// The side of the neighbourhood that is tried of a kernel which sees too much.
  private static let neighbourhood = 5
  private static let largestWindow = 1024

  /// Whether the kernel sees too much for every value to be tried.
  private var isPartial: Bool {
    switch kernel.window {
    case .pointwise: false
    case .global: true
    case .local(let size, _, _, _): size.count > Self.largestWindow
    }
  }

  /// The middle of a unit's window; of a kernel that sees everything the same place where the maps are of one size,
  /// else the middle of the picture.
  private func middle(of unit: UnitPosition) -> Offset {
    if case .local(let size, let stride, let offset, let dilation) = kernel.window {
      return Offset(
        y: unit.y * stride.height + offset.y + size.height / 2 * dilation.height,
        x: unit.x * stride.width + offset.x + size.width / 2 * dilation.width)
    }
    return output.shape.extent == input.shape.extent
      ? Offset(y: unit.y, x: unit.x) : Offset(y: input.shape.height / 2, x: input.shape.width / 2)
  }

  private func sensitivity(_ unit: UnitPosition) throws -> Sensitivity {
    var shown = kernel.window
    let isPartial = self.isPartial
    if isPartial {
      let middle = middle(of: unit)
      let reach = Self.neighbourhood / 2
      shown = .local(
        size: Extent(Self.neighbourhood),
        offset: Offset(y: middle.y - reach - unit.y, x: middle.x - reach - unit.x))
    }
    let sameChannels = output.shape.channels == input.shape.channels
    let step = (kernel as? any RoundingKernel)?.inputStep ?? Self.step
    let probe = try Perturbation(
      window: kernel is any WholeInputKernel ? .global : kernel.window, input: input,
      value: output[unit: unit], unit: unit, step: step
    ) { try kernel($0) }
    let parts = try (sameChannels ? [unit.channel] : Array(0..<input.shape.channels)).map { channel in
      let window = WindowValues(unit, shown, of: input, channel: channel, border: kernel.borderMode)
      var known: [Offset: Float] = [:]
      let derivatives = try window.places.map { place -> Float in
        guard let source = place.source else { return 0 }
        let found = try known[source] ?? probe.derivative(channel: channel, source)
        known[source] = found
        return found
      }
      return Sensitivity.Part(channel: channel, window: window, derivatives: derivatives)
    }
    return Sensitivity(parts: parts, step: step, isPartial: isPartial)
  }

  /// Small beside the differences of pictures, large beside the rounding of floats.
  private static let step: Float = 1e-4
}

extension Tensor {
  /// The unit in the middle of a channel.
  func middle(_ channel: Int) -> UnitPosition? {
    let unit = UnitPosition(channel: channel, y: shape.height / 2, x: shape.width / 2)
    return unit.isInside(shape) ? unit : nil
  }
}
