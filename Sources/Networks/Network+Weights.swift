import KernelAPI
import TensorCore

extension Network {
  /// All weights, named `node.array` as in a PyTorch state dictionary: `conv1.weight`.
  public var weights: [NamedArray] {
    nodes.flatMap { node in
      ((node.kernel as? any DifferentiableKernel)?.weights ?? []).map { array in
        NamedArray(name: "\(node.name).\(array.name)", dimensions: array.dimensions, values: array.values)
      }
    }
  }

  /// The number of values that training changes.
  public var parameterCount: Int { weights.reduce(0) { $0 + $1.values.count } }

  /// The same network with other weights.
  ///
  /// A name of a wrapper before all others (`net.conv1.weight`, `module.0.weight`) is left out. Names may also be those of a PyTorch `Sequential` (`0.weight`, `3.bias`, ...), whose numbers rise in the
  /// order of the layers.
  ///
  /// - Throws: `NetworkError.weights` for a missing or superfluous array, other dimensions, or a value that is
  ///   not finite.
  public func with(weights given: [NamedArray]) throws -> Network {
    let arrays = withoutWrapper(given)
    var left = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    let numbered = numberedNames(arrays)
    var network = self
    for index in nodes.indices {
      guard var kernel = nodes[index].kernel as? any DifferentiableKernel else { continue }
      kernel.weights = try kernel.weights.map { old in
        let name = "\(nodes[index].name).\(old.name)"
        guard let new = left.removeValue(forKey: numbered[name] ?? name) else {
          throw NetworkError.weights(name: name, problem: "not in the file")
        }
        guard new.dimensions == old.dimensions else {
          throw NetworkError.weights(
            name: name, problem: "dimensions \(new.dimensions), expected \(old.dimensions)")
        }
        guard new.values.allSatisfy({ $0.isFinite }) else {
          throw NetworkError.weights(name: name, problem: "holds a value that is not finite")
        }
        return NamedArray(name: old.name, dimensions: old.dimensions, values: new.values)
      }
      network.nodes[index].kernel = kernel
    }
    if let extra = left.keys.min() {
      throw NetworkError.weights(name: extra, problem: "the network \(name) has no such array")
    }
    return network
  }

  /// Arrays without the one name that stands before all of theirs, as a class around a network adds it.
  private func withoutWrapper(_ arrays: [NamedArray]) -> [NamedArray] {
    let first = Set(arrays.map { $0.name.prefix { $0 != "." } })
    guard first.count == 1, let wrapper = first.first, Int(wrapper) == nil,
      !layerNames.contains(String(wrapper)), arrays.allSatisfy({ $0.name.contains(".") })
    else { return arrays }
    return arrays.map {
      NamedArray(
        name: String($0.name.dropFirst(wrapper.count + 1)), dimensions: $0.dimensions, values: $0.values)
    }
  }

  /// Whether arrays are named as those of a network are, this one or a PyTorch `Sequential`: `0.weight`.
  package func namesLookRight(_ arrays: [NamedArray]) -> Bool {
    let known = Set(weights.map(\.name))
    return withoutWrapper(arrays).contains { array in
      known.contains(array.name) || Int(array.name.prefix { $0 != "." }) != nil
    }
  }

  /// For weights named by number only: from this network's names to the numbered ones.
  private func numberedNames(_ arrays: [NamedArray]) -> [String: String] {
    let prefixes = Set(arrays.compactMap { $0.name.split(separator: ".").first.flatMap { Int($0) } })
    let learning = nodes.filter { !((($0.kernel as? any DifferentiableKernel)?.weights) ?? []).isEmpty }
    guard arrays.allSatisfy({ $0.name.first?.isNumber == true }), prefixes.count == learning.count else {
      return [:]
    }
    var names: [String: String] = [:]
    for (number, node) in zip(prefixes.sorted(), learning) {
      for suffix in ["weight", "bias"] { names["\(node.name).\(suffix)"] = "\(number).\(suffix)" }
    }
    return names
  }
}
