import TensorCore

/// Finds the kernel that turns one picture into another, from pairs of a picture before and after.
///
/// The result of a kernel w is linear in its weights, so the squared error summed over all pixels is a quadratic
/// function of them: E(w) = sum((y - w * x)^2) = y.y - 2 b.w + w.A w, with the normal matrix A = sum(v v^T) and
/// the moments b = sum(v y) over the windows v of x. Two passes over the pictures are enough:
///
///     var learning = try KernelLearning(kernelSize: Extent(3))
///     try learning.add(KernelExample(before: x, after: y))
///     let exact = try learning.leastSquares()
///     let fit = try learning.fit(of: exact.kernel, to: example)
///
/// Shapes: x [1, Cin, H, W], y [1, Cout, H - kH + 1, W - kW + 1] or [1, Cout, H, W].
/// Source: section "Learning a Kernel" of Dive into Deep Learning; A. Björck, "Numerical Methods for Least
/// Squares Problems", 1996, for the normal equations.
public struct KernelLearning: Sendable {
  /// Which colours share weights.
  public enum Sharing: String, Sendable, CaseIterable {
    /// One kernel for every channel, as photo filters have.
    case shared
    /// A kernel of its own for every channel.
    case each
    /// Every channel of the result is made of all channels: weights [Cout, Cin, kH, kW].
    case mixed
  }

  /// More weights than this for one output are refused: the normal matrix grows with their square.
  public static let maximumUnknowns = 1024

  public let kernelSize: Extent
  public let sharing: Sharing
  public let usesBias: Bool
  /// The channels of the first pair; all others must have as many.
  public internal(set) var channels: ChannelCounts?
  /// One for `shared` and `mixed`, one for each channel for `each`; empty before the first pair.
  public internal(set) var systems: [NormalEquations] = []

  /// How many channels pictures have before and after.
  public struct ChannelCounts: Equatable, Sendable {
    public let before: Int
    public let after: Int
  }

  /// - Throws: `KernelLearningError.setting` for an empty or too large kernel.
  public init(kernelSize: Extent, sharing: Sharing = .shared, usesBias: Bool = false) throws {
    guard kernelSize.height > 0, kernelSize.width > 0, kernelSize.height <= Self.maximumUnknowns,
      kernelSize.width <= Self.maximumUnknowns, kernelSize.count <= Self.maximumUnknowns
    else {
      throw KernelLearningError.setting(
        "a kernel of \(kernelSize) cannot be learned; it needs 1 to \(Self.maximumUnknowns) weights")
    }
    self.kernelSize = kernelSize
    self.sharing = sharing
    self.usesBias = usesBias
  }

  /// Adds what a pair tells of the kernel.
  ///
  /// - Throws: `KernelLearningError` when sizes or channels do not fit, a value before is no finite number, or
  ///   nothing of the picture after counts.
  /// - Complexity: O(pixels * (2 kH kW)) for each channel, for `mixed` times the number of channels.
  public mutating func add(_ example: KernelExample) throws {
    let counts = try checked(example)
    let sums = try sums(of: example)
    channels = counts
    if systems.isEmpty {
      systems = sums
    } else {
      for index in systems.indices { systems[index].add(sums[index]) }
    }
  }

  /// The weights of one unknown vector for each system and output as a kernel.
  func kernel(_ solutions: [[[Double]]]) -> LearnedKernel {
    let counts = channels ?? ChannelCounts(before: 1, after: 1)
    let size = kernelSize.count
    let bias = usesBias ? solutions.joined().map { $0[$0.count - 1] } : nil
    let extent = kernelSize
    switch sharing {
    case .shared, .mixed:
      let inputs = sharing == .shared ? 1 : counts.before
      let values = solutions[0].flatMap { $0[0..<inputs * size] }
      return LearnedKernel(
        weight: NumericTensor(
          shape: Shape(
            batch: solutions[0].count, channels: inputs, height: extent.height, width: extent.width),
          values: values), bias: bias)
    case .each:
      var weight = NumericTensor<Double>(
        shape: Shape(
          batch: counts.after, channels: counts.before, height: extent.height, width: extent.width))
      for (channel, solution) in solutions.enumerated() {
        for i in 0..<size { weight.values[(channel * counts.before + channel) * size + i] = solution[0][i] }
      }
      return LearnedKernel(weight: weight, bias: bias)
    }
  }
}

/// A kernel as it was learned, in double precision.
public struct LearnedKernel: Sendable, Equatable {
  /// [1, 1, kH, kW] for one kernel of all channels, else [Cout, Cin, kH, kW]; kernels of their own for each
  /// channel have zeros where an output does not depend on an input.
  public let weight: NumericTensor<Double>
  /// One for each output, `nil` when none was learned.
  public let bias: [Double]?

  public init(weight: NumericTensor<Double>, bias: [Double]?) {
    self.weight = weight
    self.bias = bias
  }
}

/// What is wrong with pairs of pictures that a kernel is to be learned from.
public enum KernelLearningError: Error, Equatable, Sendable {
  /// Heights and widths that no kernel of this size connects.
  case size(before: Extent, after: Extent, kernel: Extent)
  /// A border mode was asked for, but the picture after is not as large as the one before.
  case border(before: Extent, after: Extent)
  /// The kernel is larger than the picture.
  case kernelTooLarge(kernel: Extent, picture: Extent)
  /// Channels that do not fit one another.
  case channels(before: Int, after: Int, sharing: KernelLearning.Sharing)
  /// Pairs that do not fit one another.
  case differentPairs(first: KernelLearning.ChannelCounts, other: KernelLearning.ChannelCounts)
  /// A value of the picture before is NaN or infinite.
  case notFinite(channel: Int, row: Int)
  /// Every value of the picture after is cut off or no number.
  case nothingCounts(values: Int)
  /// The picture before is zero wherever the picture after counts.
  case noSignal
  /// The loss grew beyond all numbers.
  case diverged(step: Int, learningRate: Double, limit: Double)
  /// A setting that makes no sense.
  case setting(String)
}

extension KernelLearningError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .size(let before, let after, let kernel):
      """
      pictures of \(before) before and \(after) after (height x width) do not fit a kernel of \(kernel): \
      expected \(before) after, or \(max(0, before.height - kernel.height + 1))x\
      \(max(0, before.width - kernel.width + 1)) for a filter that reads nothing beyond the border
      """
    case .border(let before, let after):
      """
      with a border mode both pictures are of one size, got \(before) before and \(after) after (height x \
      width); leave the border mode out
      """
    case .kernelTooLarge(let kernel, let picture):
      "a kernel of \(kernel) does not lie inside a picture of \(picture) (height x width)"
    case .channels(let before, let after, let sharing):
      """
      \(before) channels before and \(after) after cannot be \(sharing.rawValue): expected equal numbers; \
      mixed learns a kernel across channels, and grey pictures have one channel
      """
    case .differentPairs(let first, let other):
      """
      the first pair has \(first.before) channels before and \(first.after) after, another \(other.before) \
      and \(other.after); expected the same for all pairs
      """
    case .notFinite(let channel, let row):
      "the picture before has a value that is no finite number (channel \(channel), row \(row), from 0)"
    case .nothingCounts(let values):
      """
      none of the \(values) values after counts: all are cut off (0 or 1 in a picture) or no numbers; \
      expected a picture with room above and below
      """
    case .noSignal:
      "the picture before is 0 wherever the picture after counts, so it tells nothing of a kernel"
    case .diverged(let step, let learningRate, let limit):
      """
      the loss grows from step to step, and did until step \(step): a learning rate of \(Float(learningRate)) \
      is too large; it must stay below \(Float(limit)) here
      """
    case .setting(let problem): problem
    }
  }
}
