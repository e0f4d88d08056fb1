import FileAccess
import KernelAPI

extension Network {
  /// A chain of kernels as a network, for `gaussian:sigma=2,sobel`.
  ///
  /// The nodes are called like their kernels; a second one of the same name becomes `sobel-2`.
  ///
  /// - Parameter defaults: settings for all kernels that have such a parameter.
  /// - Throws: `KernelError` for what cannot be read or is not there.
  public init(
    chain text: String, registry: KernelRegistry, defaults: [KernelSpecification.Setting] = []
  ) throws {
    var used: Set<String> = [Self.inputName]
    let chain = try KernelSpecification.chain(text).map { specification in
      let base = specification.shortName
      return (
        freeName(base, &used), try registry.kernel(for: specification, defaults: defaults)
      )
    }
    try self.init(name: chain.map(\.0).joined(separator: "+"), chain: chain)
  }
}

extension KernelSpecification {
  /// A name for layers and files: the kernel's own without the prefix of a source, the file's without folder and
  /// extension, or `kernel-3x3`.
  public var shortName: String {
    switch source {
    case .name(let name): String(name.split(separator: ":").last ?? "")
    case .file(let path): baseName(of: path)
    case .matrix(let matrix): "kernel-\(matrix.extent)"
    }
  }
}

/// `base`, or `base-2`, `base-3` ... where that is taken; the name counts as taken from then on.
package func freeName(_ base: String, _ used: inout Set<String>) -> String {
  var name = base
  var number = 1
  while !used.insert(name).inserted {
    number += 1
    name = "\(base)-\(number)"
  }
  return name
}
