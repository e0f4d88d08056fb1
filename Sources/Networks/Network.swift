import KernelAPI
import TensorCore
import TensorOps

/// A graph of named kernels: a chain of photo filters, LeNet, a residual network.
public struct Network: Sendable {
  /// One named kernel and where its inputs come from.
  public struct Node: Sendable {
    public let name: String
    public internal(set) var kernel: any Kernel
    /// Names of earlier nodes, or `Network.inputName`.
    public let inputs: [String]

    public init(_ name: String, _ kernel: any Kernel, inputs: [String]) {
      self.name = name
      self.kernel = kernel
      self.inputs = inputs
    }
  }

  /// What nodes call the network's own input.
  public static let inputName = "input"

  public let name: String
  /// In an order in which every node follows its inputs; the last is the output.
  public internal(set) var nodes: [Node]
  /// The shape of one example that the network was made for; `nil` where any picture will do.
  public let inputShape: Shape?
  /// The names of the classes whose logits the output is; empty where it is none.
  public var classes: [String]

  /// - Throws: `NetworkError` when a name is used twice, an input is not there (yet), a kernel with one input
  ///   is given several, or there is no node at all.
  public init(
    name: String, inputShape: Shape? = nil, classes: [String] = [], nodes: [Node]
  ) throws {
    guard !nodes.isEmpty else { throw NetworkError.empty(network: name) }
    var known: Set<String> = [Self.inputName]
    for node in nodes {
      for input in node.inputs where !known.contains(input) {
        throw NetworkError.missingInput(input, node: node.name, known: known.sorted())
      }
      guard known.insert(node.name).inserted else {
        throw NetworkError.duplicateNode(node.name, network: name)
      }
      guard node.inputs.count == 1 || (node.inputs.count > 1 && node.kernel is any JoiningKernel) else {
        throw NetworkError.inputCount(node.inputs.count, node: node.name)
      }
    }
    self.name = name
    self.nodes = nodes
    self.inputShape = inputShape
    self.classes = classes
  }

  /// A chain: every kernel takes what the one before it gives.
  public init(
    name: String, inputShape: Shape? = nil, classes: [String] = [], chain: [(String, any Kernel)]
  ) throws {
    var previous = Self.inputName
    let nodes = chain.map { name, kernel in
      defer { previous = name }
      return Node(name, kernel, inputs: [previous])
    }
    try self.init(name: name, inputShape: inputShape, classes: classes, nodes: nodes)
  }

  /// The names of the nodes in order.
  public var layerNames: [String] { nodes.map(\.name) }

  /// - Throws: `KernelError.unknownName`, which tells the nearest names.
  public func node(named name: String) throws -> Node {
    guard let node = nodes.first(where: { $0.name == name }) else {
      throw KernelError.unknownName(name, what: "layer", known: layerNames)
    }
    return node
  }

  /// The output of the last node.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    guard let last = nodes.last else { throw NetworkError.empty(network: name) }
    if input.shape.batch >= TileLayout.lanes.examples / 2 && takesTiles {
      return try prepared(for: input.shape)(input)
    }
    return try activations(of: [last.name], for: input).first?.output ?? input
  }

  /// Whether a `PreparedNetwork` takes many examples sixteen at a time.
  package var takesTiles: Bool {
    !usesReferenceOnly && nodes.allSatisfy { $0.kernel is any TiledKernel }
  }
}
