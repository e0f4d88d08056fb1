import CKernels
import TensorCore

/// Where a cross-correlation of sixteen examples takes fewer products by Winograd's way, and the memory it needs.
///
/// `winograd.h` says how; the sizes are those of `fm_winograd`.
struct WinogradPlan: Sendable {
  private let plan: CorrelationPlan
  /// Tiles in a row of the output.
  private let tiles: Int

  private static let points = Int(FM_WINOGRAD_POINTS)
  /// Below so many input or output channels, or pixels of an output, reaching the points costs more than the products
  /// that are saved: measured with AVX-512 for more than twenty shapes.
  private static let fewestChannels = 6
  private static let fewestPixels = 16
  /// Floats of the inputs and the gradients at the points up to which both are held for the way back.
  private static let mostKept = 1 << 24

  /// `nil` where there is no such way, or no gain in it.
  init?(_ plan: CorrelationPlan) {
    let tileWidth = Self.points + 1 - plan.weight.width
    guard [3, 5].contains(plan.weight.width), plan.output.width % tileWidth == 0,
      plan.options.stride.width == 1, plan.options.dilation.width == 1,
      min(plan.inputsOfGroup, plan.outputsOfGroup) >= Self.fewestChannels,
      plan.output.planeCount >= Self.fewestPixels
    else { return nil }
    self.plan = plan
    tiles = plan.output.width / tileWidth
  }

  /// Whether this is the way, training or not.
  func applies(training: Bool) -> Bool {
    let kept = inputCount(training: true) + outputCount(plan.outputsOfGroup, tiles: tiles)
    return !training || plan.groups * kept <= Self.mostKept
  }

  /// Floats of one group's kernels, inputs and outputs at the points.
  private var weightCount: Int {
    Self.points * plan.outputsOfGroup * plan.inputsOfGroup * plan.weight.height
  }
  private func inputCount(training: Bool) -> Int {
    Self.points * plan.inputsOfGroup * (training ? tiles : 1) * plan.paddedHeight * InnerLoops.lanes
  }
  private func outputCount(_ channels: Int, tiles: Int) -> Int {
    Self.points * channels * tiles * plan.output.height * InnerLoops.lanes
  }
  /// From one group's kernels to the next: whole cache lines.
  private var weightStep: Int { (weightCount + 15) / 16 * 16 }

  /// Inputs and kernels of all groups.
  func keptCount(training: Bool) -> Int {
    plan.groups * (inputCount(training: training) + weightStep)
  }

  func scratchCount(training: Bool) -> Int {
    let forward = outputCount(Int(FM_WINOGRAD_CHANNELS), tiles: 1)
    return training ? max(forward, outputCount(plan.outputsOfGroup, tiles: tiles) + weightCount) : forward
  }

  /// The C view of one group's memory.
  func memory(
    _ kept: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, group: Int, training: Bool
  ) -> fm_winograd {
    let input = kept + group * inputCount(training: training)
    let weights = kept + plan.groups * inputCount(training: training)
    return fm_winograd(
      weight: weights + group * weightStep, input: input, keeps: training ? 1 : 0, scratch: scratch)
  }
}
