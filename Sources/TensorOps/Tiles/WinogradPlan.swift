import CKernels
import TensorCore

/// Where a cross-correlation of sixteen examples takes fewer products by Winograd's way, and the memory it needs.
///
/// `winograd.h` says how; the sizes are those of `fm_winograd`. Tiles of eight points fill a row as far as that saves
/// products, tiles of six points the rest.
struct WinogradPlan: Sendable {
  private let plan: CorrelationPlan
  private let parts: [Part]

  /// Columns of the output that are filled by tiles of one kind.
  private struct Part: Sendable {
    let points: Int
    let left: Int
    let tiles: Int
    /// Pixels of a tile.
    let tileWidth: Int
    var width: Int { tiles * tileWidth }
  }

  /// Below so many channels, or pixels of an output, reaching the points costs more than the products that are saved:
  /// measured with AVX-512 for more than twenty shapes. Tiles of 8 products instead of 20 leave more to gain.
  private static let fewestChannels = 6
  private static let fewestOutputs = 4
  private static let fewestPixels = 16
  /// Floats of the inputs and gradients at the points that are held together on the way back, if more than one column
  /// of tiles: they share the second cache with all that is kept.
  private static let mostScratch = 80 << 10

  /// `nil` where there is no such way, or no gain in it.
  init?(_ plan: CorrelationPlan) {
    let width = plan.weight.width
    guard [3, 5].contains(width), plan.options.stride.width == 1, plan.options.dilation.width == 1,
      plan.output.planeCount >= Self.fewestPixels,
      min(plan.inputsOfGroup, plan.outputsOfGroup) >= Self.fewestChannels
        || width == 5 && plan.outputsOfGroup >= Self.fewestOutputs,
      let tiles = Self.tiles(of: plan.output.width, eight: 9 - width, six: 7 - width)
    else { return nil }
    self.plan = plan
    let eights = Part(points: 8, left: 0, tiles: tiles.eight, tileWidth: 9 - width)
    let sixes = Part(points: 6, left: eights.width, tiles: tiles.six, tileWidth: 7 - width)
    parts = [eights, sixes].filter { $0.tiles > 0 }
  }

  /// The fewest products that fill a row with tiles of these widths; reaching eight points costs a little more than
  /// their products.
  private static func tiles(of width: Int, eight: Int, six: Int) -> (eight: Int, six: Int)? {
    (0...width / eight).map { ($0, width - $0 * eight) }
      .filter { $0.1 % six == 0 }
      .map { (eight: $0.0, six: $0.1 / six) }
      .min { $0.eight * 9 + $0.six * 6 < $1.eight * 9 + $1.six * 6 }
  }

  /// Floats of one group's kernels at the points.
  private func weightCount(_ part: Part) -> Int {
    part.points * plan.outputsOfGroup * plan.inputsOfGroup * plan.weight.height
  }
  /// The same in whole cache lines.
  private func weightStep(_ part: Part) -> Int { (weightCount(part) + 15) / 16 * 16 }
  /// Floats of the inputs of one column of tiles.
  private func inputCount(_ part: Part) -> Int {
    part.points * plan.inputsOfGroup * plan.paddedHeight * InnerLoops.lanes
  }
  /// Floats of the gradients of one column of tiles.
  private func gradientCount(_ part: Part) -> Int {
    part.points * plan.outputsOfGroup * plan.output.height * InnerLoops.lanes
  }
  /// Columns of tiles that are worked on together on the way back.
  private func columns(_ part: Part) -> Int {
    min(part.tiles, max(1, Self.mostScratch / (inputCount(part) + gradientCount(part))))
  }

  /// The kernels of all groups.
  var keptCount: Int { plan.groups * parts.reduce(0) { $0 + weightStep($1) } }

  func scratchCount(training: Bool) -> Int {
    parts.map { part in
      let forward = inputCount(part) + part.points * Int(FM_WINOGRAD_BLOCK) * InnerLoops.lanes
      guard training else { return forward }
      let weights = weightCount(part)
      let byColumns = columns(part) * (inputCount(part) + gradientCount(part)) + weights
      let byBlocks = weights <= FM_WINOGRAD_SUMS ? forward + (InnerLoops.lanes + 1) * weights : 0
      return max(forward, byColumns, byBlocks) + plan.outputsOfGroup * InnerLoops.lanes
    }.max() ?? 0
  }

  /// Calls `body` with the C view of each part of the columns, from the left on, and one group's memory.
  func forEachPart(
    _ kept: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, group: Int,
    _ body: (UnsafePointer<fm_winograd>) -> Void
  ) {
    var weight = kept + group * (keptCount / plan.groups)
    for part in parts {
      var view = fm_winograd(
        points: Int32(part.points), left: Int32(part.left), width: Int32(part.width),
        columns: Int32(columns(part)), weight: weight, scratch: scratch)
      body(&view)
      weight += weightStep(part)
    }
  }
}
