import CKernels
import TensorCore

/// An operation made ready for inputs of one shape: sizes are checked once, and calls work on plain memory.
///
/// A *tile* is what goes through the layers of a network together while it is in the cache: one example, or
/// sixteen that lie side by side, so that one vector instruction works on the same place of all of them.
package protocol TileOperation: Sendable {
  /// The shape of one example's result.
  var outputShape: Shape { get }

  /// Floats of working memory that a call needs.
  ///
  /// - Parameter training: whether there is a way back.
  func scratchCount(_ layout: TileLayout, training: Bool) -> Int

  /// Floats that `forward` leaves for `backward`, and `backward` for the next tile.
  ///
  /// - Parameter training: whether there is a way back.
  func keptCount(_ layout: TileLayout, training: Bool) -> Int

  /// Writes the output.
  func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) throws

  /// Adds to the gradients of the weights, at the latest with the last tile, and writes those of the inputs.
  ///
  /// Works on `.lanes` and in training runs only; lanes without an example must hold zeros in the output's gradient.
  ///
  /// - Parameter values: what `forward` was called with, and what it wrote.
  func backward(_ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun)
    throws

  /// This operation and an activation of its result in one; `nil` where that is no gain.
  func followed(by activation: Activation) -> (any TileOperation)?

  /// This operation and pooling of its result in one; `nil` where that is no gain.
  func followed(by pooling: PoolingOperation) -> (any TileOperation)?
}

extension TileOperation {
  package func scratchCount(_ layout: TileLayout, training: Bool) -> Int { 0 }
  package func keptCount(_ layout: TileLayout, training: Bool) -> Int { 0 }
  package func followed(by activation: Activation) -> (any TileOperation)? { nil }
  package func followed(by pooling: PoolingOperation) -> (any TileOperation)? { nil }
}

/// How the examples of a tile lie in memory.
package enum TileLayout: Sendable {
  /// One example: [C][H][W].
  case single
  /// Sixteen examples side by side: [C][H][W][16].
  case lanes

  package var examples: Int { self == .single ? 1 : InnerLoops.lanes }
}

/// How a tile is worked on.
package struct TileRun: Sendable {
  package let layout: TileLayout
  package let loops: InnerLoops
  /// Whether there is a way back.
  package let training: Bool
  /// Backwards: counts the tiles whose gradients of the weights are summed in the same memory, from 0.
  package let tile: Int
  /// Backwards: whether it is the last of them.
  package let isLast: Bool

  package init(
    _ layout: TileLayout, loops: InnerLoops, training: Bool = false, tile: Int = 0, isLast: Bool = true
  ) {
    self.layout = layout
    self.loops = loops
    self.training = training
    self.tile = tile
    self.isLast = isLast
  }

  var table: fm_kernels { loops.table.pointee }
}

/// The memory that an operation reads and writes. Every pointer covers the whole tile; the inputs, the output,
/// the scratch and what is kept do not overlap.
package struct TileValues {
  package var input: UnsafePointer<Float>
  /// Of operations with several inputs, those after the first.
  package var moreInputs: [UnsafePointer<Float>] = []
  package var output: UnsafeMutablePointer<Float>
  /// `scratchCount` floats of any content, aligned to a cache line.
  package var scratch: UnsafeMutablePointer<Float>
  /// `keptCount` floats, aligned as well: of any content before `forward`, and
  /// untouched from there to `backward`, and from one tile to the next.
  package var kept: UnsafeMutablePointer<Float>

  package init(
    input: UnsafePointer<Float>, moreInputs: [UnsafePointer<Float>] = [], output: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, kept: UnsafeMutablePointer<Float>
  ) {
    self.input = input
    self.moreInputs = moreInputs
    self.output = output
    self.scratch = scratch
    self.kept = kept
  }
}

/// Weights as plain memory, in the order of `Network.weights`; operations without weights do not look.
package struct TileWeights {
  package var weight: UnsafePointer<Float>
  /// `nil` for a layer without bias.
  package var bias: UnsafePointer<Float>?

  package init(weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?) {
    self.weight = weight
    self.bias = bias
  }
}

/// Where gradients come from and go to.
package struct TileGradients {
  /// By the output; the operation may change it.
  package var output: UnsafeMutablePointer<Float>
  /// By the inputs, `nil` where nobody needs one.
  package var input: UnsafeMutablePointer<Float>?
  package var moreInputs: [UnsafeMutablePointer<Float>?] = []
  /// By the weights: the tile's share is added.
  package var weight: UnsafeMutablePointer<Float>
  package var bias: UnsafeMutablePointer<Float>?

  package init(
    output: UnsafeMutablePointer<Float>, input: UnsafeMutablePointer<Float>?,
    moreInputs: [UnsafeMutablePointer<Float>?] = [], weight: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>?
  ) {
    self.output = output
    self.input = input
    self.moreInputs = moreInputs
    self.weight = weight
    self.bias = bias
  }
}
