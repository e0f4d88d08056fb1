import KernelAPI
import Layers

extension Network {
  /// For every node the first of its block: a convolution, its activation and its pooling are one.
  ///
  /// A node that works on single values, or pools, belongs to its input's block; every other one begins a block,
  /// as do those that read the network's input or join several nodes.
  public func blocks() -> [String: String] {
    var blocks: [String: String] = [:]
    for node in nodes {
      let continues = node.kernel.window == .pointwise || node.kernel is Pooling2D
      let before = node.inputs.count == 1 ? blocks[node.inputs[0]] : nil
      blocks[node.name] = continues ? before ?? node.name : node.name
    }
    return blocks
  }
}
