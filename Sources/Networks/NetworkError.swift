import TensorCore

/// What is wrong with a network or a file of weights.
public enum NetworkError: Error, Equatable, Sendable {
  case empty(network: String)
  case missingInput(String, node: String, known: [String])
  case duplicateNode(String, network: String)
  case inputCount(Int, node: String)
  /// A kernel refused its input.
  case layer(String, problem: String)
  /// The input is not of the shape the network was made for.
  case inputShape(got: String, expected: String, network: String)
  /// A file that describes no network.
  case file(path: String, problem: String)
  /// A file that is no safetensors file, or a damaged one.
  case weightsFile(path: String, problem: String)
  /// An array is missing or has other dimensions.
  case weights(name: String, problem: String)
  /// A layer has no such value.
  case unit(String, layer: String, shape: Shape)
  /// A kernel of the network has no backward pass.
  case notTrainable(node: String)
}

extension NetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty(let network): "the network '\(network)' has no layers"
    case .missingInput(let input, let node, let known):
      "layer '\(node)' takes its input from '\(input)', which does not come before it; there is: \(known.joined(separator: ", "))"
    case .duplicateNode(let node, let network): "the network '\(network)' has two layers called '\(node)'"
    case .inputCount(let count, let node):
      "layer '\(node)' has \(count) inputs; only kernels that join, such as add and concatenate, take several"
    case .layer(let name, let problem): "layer '\(name)': \(problem)"
    case .inputShape(let got, let expected, let network):
      "\(network) takes pictures of shape \(expected) (channels x height x width), got \(got)"
    case .file(let path, let problem), .weightsFile(let path, let problem): "\(path): \(problem)"
    case .weights(let name, let problem): "weights '\(name)': \(problem)"
    case .unit(let unit, let layer, let shape):
      "layer '\(layer)' has no unit \(unit): its shape is \(shape), so \(Self.accepted(shape))"
    case .notTrainable(let node): "layer '\(node)' has no backward pass, so the network cannot be trained"
    }
  }

  /// `channel 0...5, row 0...27, column 0...27`
  private static func accepted(_ shape: Shape) -> String {
    let sizes =
      shape.extent == .one
      ? [("unit", shape.channels)]
      : [("channel", shape.channels), ("row", shape.height), ("column", shape.width)]
    return sizes.map { "\($0) 0...\($1 - 1)" }.joined(separator: ", ")
  }
}
