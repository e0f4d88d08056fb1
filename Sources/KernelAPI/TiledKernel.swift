import TensorCore
import TensorOps

/// A kernel whose work the innermost loops can do, made ready for inputs of one shape: what lets a network take
/// sixteen examples through all its layers while they are in the cache. Kernels without it work as well, by
/// their call.
package protocol TiledKernel: Kernel {
  /// - Parameter inputs: the shapes of one example, one for each input.
  /// - Throws: what `outputShape(for:)` throws.
  func operation(for inputs: [Shape]) throws -> any TileOperation
}
