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
  /// The network ships without weights.
  case untrained(String)
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
    case .untrained(let name):
      "\(name) ships without weights; train it with 'featuremap train --network \(name) -o \(name).safetensors' and name that file"
    case .notTrainable(let node): "layer '\(node)' has no backward pass, so the network cannot be trained"
    }
  }
}
