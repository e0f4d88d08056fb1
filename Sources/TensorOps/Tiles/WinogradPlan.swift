import CKernels
import TensorCore

/// Where a cross-correlation of sixteen examples takes fewer products by Winograd's way, and the memory it needs: see
/// `winograd.h`.
struct WinogradPlan: Sendable {
  private let plan: CorrelationPlan
  /// Tiles in a row of the output.
  private let tiles: Int

  /// Kernels are taken to six points in a row.
  private static let points = 6
  /// Channels below which reaching the points costs more than the products that are saved.
  private static let fewestChannels = 6
  /// Outputs that are worked on together.
  private static let outputsTogether = 8

  /// `nil` where there is no such way, or no gain in it.
  init?(_ plan: CorrelationPlan) {
    let width = Self.points + 1 - plan.weight.width
    guard [3, 5].contains(plan.weight.width), plan.output.width % width == 0,
      plan.options.stride.width == 1, plan.options.dilation.width == 1,
      min(plan.inputsOfGroup, plan.outputsOfGroup) >= Self.fewestChannels
    else { return nil }
    self.plan = plan
    tiles = plan.output.width / width
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

  /// Kernels and inputs of all groups.
  func keptCount(training: Bool) -> Int {
    plan.groups * (inputCount(training: training) + (weightCount + 15) / 16 * 16)
  }

  func scratchCount(training: Bool) -> Int {
    let forward = outputCount(Self.outputsTogether, tiles: 1)
    return training ? max(forward, outputCount(plan.outputsOfGroup, tiles: tiles) + weightCount) : forward
  }

  /// The C view of one group's memory.
  func memory(
    _ kept: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, group: Int, training: Bool
  ) -> fm_winograd {
    let input = kept + group * inputCount(training: training)
    let weights = kept + plan.groups * inputCount(training: training)
    return fm_winograd(
      weight: weights + group * ((weightCount + 15) / 16 * 16), input: input, keeps: training ? 1 : 0,
      scratch: scratch)
  }
}
