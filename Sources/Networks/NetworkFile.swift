import FileAccess
import KernelAPI
import TensorCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A network written down as JSON: a list of named kernels.
///
///     {
///       "name": "small",
///       "input": [1, 28, 28],
///       "classes": ["cat", "dog"],
///       "layers": [
///         {"name": "conv1", "kernel": "conv2d", "channels": 8, "size": 3, "padding": 1},
///         {"kernel": "relu"},
///         {"kernel": "max-pool", "size": 2},
///         {"kernel": "flatten"},
///         {"kernel": "linear", "outputs": 2}
///       ]
///     }
///
/// A layer takes what the one before it gives, or those that `inputs` names. Every kernel of a plugin can stand
/// there with its settings, besides those of `LayerKernels`. A layer without a name is called like its kernel and
/// numbered; so are classes without names. Unknown keys are refused.
public struct NetworkFile: Sendable, Equatable {
  /// The JSON itself, which is stored with trained weights.
  public let text: String
  /// For errors.
  private let source: String
  private let content: Content

  /// Reads a file.
  ///
  /// - Throws: `FileError`; `NetworkError.file` for what is no such JSON.
  public init(path: String) throws {
    let bytes = try readFile(path, limit: 1 << 24)
    try self.init(text: String(decoding: bytes, as: UTF8.self), source: path)
  }

  /// - Parameter source: where the text came from, for errors.
  public init(text: String, source: String) throws {
    self.text = text
    self.source = source
    do {
      content = try JSONDecoder().decode(Content.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw NetworkError.file(path: source, problem: describe(error))
    }
  }

  /// Whether a text is JSON with a list of layers, as opposed to a file of kernels.
  public static func describesNetwork(_ text: String) -> Bool {
    (try? decodedJSON(Probe.self, from: text)) != nil
  }

  /// The network with Xavier weights.
  ///
  /// - Parameter classes: what the outputs are called where the file does not say so and there are as many.
  /// - Throws: `NetworkError.file` with the layer and its problem.
  public func network(
    _ registry: KernelRegistry, seed: UInt64, classes defaultClasses: [String] = []
  ) throws -> Network {
    let input = Shape(channels: content.input[0], height: content.input[1], width: content.input[2])
    var kernels = LayerKernels(registry: registry, seed: seed)
    var shapes = [Network.inputName: input]
    var counts: [String: Int] = [:]
    var previous = Network.inputName
    var nodes: [Network.Node] = []
    for (index, layer) in content.layers.enumerated() {
      let number = counts[layer.kernel, default: 0] + 1
      counts[layer.kernel] = number
      // Without the prefix of a source.
      let name = layer.name ?? "\(layer.kernel.split(separator: ":").last ?? "")-\(number)"
      do {
        let inputs = layer.inputs ?? [previous]
        guard !inputs.isEmpty else { throw NetworkError.inputCount(0, node: name) }
        // Names become those of weights (name.weight) and of files.
        guard !name.isEmpty, !name.contains(where: { "./".contains($0) }), Int(name) == nil else {
          throw KernelError.unusable(
            kernel: layer.kernel, problem: "a layer's name is neither empty nor a number, and has no . or /")
        }
        let shapesIn = try inputs.map { input in
          guard let shape = shapes[input] else {
            throw NetworkError.missingInput(input, node: name, known: shapes.keys.sorted())
          }
          return shape
        }
        let node = Network.Node(
          name, try kernels.make(layer.kernel, layer.settings, inputs: shapesIn), inputs: inputs)
        shapes[name] = try node.outputShape(shapesIn)
        nodes.append(node)
      } catch {
        throw NetworkError.file(path: source, problem: "layer \(index + 1), '\(name)': \(error)")
      }
      previous = name
    }
    do {
      let outputs = shapes[previous].map { $0.extent == .one ? $0.channels : 0 } ?? 0
      let numbered = (0..<outputs).map { "class \($0)" }
      let classes = content.classes ?? (defaultClasses.count == outputs ? defaultClasses : numbered)
      guard classes.count == outputs else {
        throw NetworkError.file(
          path: source, problem: "\(classes.count) classes are named, the last layer has \(outputs) outputs")
      }
      return try Network(
        name: content.name ?? baseName(of: source), inputShape: input, classes: classes, nodes: nodes)
    } catch let error as NetworkError {
      if case .file = error { throw error }
      throw NetworkError.file(path: source, problem: "\(error)")
    }
  }
}

/// Decodes from any object that has layers.
private struct Probe: Decodable {
  init(from decoder: any Decoder) throws {
    _ = try decoder.container(keyedBy: AnyKey.self).nestedUnkeyedContainer(
      forKey: AnyKey(stringValue: "layers"))
  }
}

/// The JSON as it is written.
private struct Content: Decodable, Equatable {
  struct Layer: Decodable, Equatable {
    var name: String?
    var kernel: String
    var inputs: [String]?
    var settings: [KernelSpecification.Setting] = []

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: AnyKey.self)
      name = try values.decodeIfPresent(String.self, forKey: AnyKey(stringValue: "name"))
      kernel = try values.decode(String.self, forKey: AnyKey(stringValue: "kernel"))
      inputs = try values.decodeIfPresent([String].self, forKey: AnyKey(stringValue: "inputs"))
      for key in values.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
      where !["name", "kernel", "inputs"].contains(key.stringValue) {
        settings.append(.init(key.stringValue, try values.decode(Scalar.self, forKey: key).text))
      }
    }
  }

  var name: String?
  var input: [Int]
  var classes: [String]?
  var layers: [Layer]

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: AnyKey.self)
    func corrupted(_ problem: String) -> DecodingError {
      .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem))
    }
    try refuseUnknownKeys(decoder, ["name", "input", "classes", "layers"])
    name = try values.decodeIfPresent(String.self, forKey: AnyKey(stringValue: "name"))
    input = try values.decode([Int].self, forKey: AnyKey(stringValue: "input"))
    classes = try values.decodeIfPresent([String].self, forKey: AnyKey(stringValue: "classes"))
    layers = try values.decode([Layer].self, forKey: AnyKey(stringValue: "layers"))
    guard input.count == 3, input.allSatisfy({ (1...4096).contains($0) }) else {
      throw corrupted("\"input\" needs channels, height and width, each 1...4096, such as [1, 28, 28]")
    }
    guard !layers.isEmpty else { throw corrupted("\"layers\" is empty") }
  }
}

/// A number, text or truth value, as a user would write it in a chain.
private struct Scalar: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      text = flag ? "yes" : "no"
    } else if let whole = try? value.decode(Int.self) {
      text = "\(whole)"
    } else if let number = try? value.decode(Double.self) {
      text = "\(number)"
    } else {
      text = try value.decode(String.self)
    }
  }
}
