import FileAccess
import KernelAPI
import Networks
import TensorCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A filter kept in a file: JSON, safetensors, or numbers as text.
///
/// JSON:
///
///     {
///       "name": "emboss",
///       "summary": "light from the upper left",
///       "kernels": [{"name": "emboss", "matrix": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]}],
///       "divisor": 1,
///       "bias": 0
///     }
///
/// `kernels` holds one matrix for each output; `weights` in its place holds [out][in][kH][kW]. Every number of
/// a matrix is divided by `divisor`; `bias` is one number for all or a list. Unknown keys are refused.
/// safetensors: an array of two dimensions (one kernel), three (several) or four [out, in, kH, kW]; an array
/// `x.bias` beside `x.weight` is its bias.
public struct KernelFile: Sendable {
  public let name: String
  /// [filters, inputs, kH, kW]
  public let weight: Tensor
  public let bias: [Float]

  /// Reads a file, its kind told by its extension (.json, .safetensors; all else is text).
  ///
  /// - Parameter tensor: which array of a safetensors file; the first one that can be a filter when empty.
  /// - Throws: `FileError`, `KernelError`, `NetworkError` with the file's name and the problem.
  public init(path: String, tensor: String = "") throws {
    switch fileExtension(of: path) {
    case "safetensors": try self.init(safetensors: try Safetensors(path: path), path: path, tensor: tensor)
    case "json": try self.init(json: try readFile(path, limit: 1 << 26), path: path)
    default:
      let bytes = try readFile(path, limit: 1 << 26)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw KernelError.syntax(path, problem: "it is no text")
      }
      do {
        self.init(name: baseName(of: path), weight: try KernelMatrix(parsing: text).tensor, bias: [0])
      } catch KernelError.syntax(_, let problem) {
        throw KernelError.syntax(path, problem: problem)
      }
    }
  }

  init(name: String, weight: Tensor, bias: [Float]) {
    self.name = name
    self.weight = weight
    self.bias = bias
  }

  private init(safetensors file: Safetensors, path: String, tensor: String) throws {
    let array: NamedArray
    if tensor.isEmpty {
      guard let first = file.arrays.first(where: { (2...4).contains($0.dimensions.count) }) else {
        throw NetworkError.weightsFile(path: path, problem: "holds no array of two to four dimensions")
      }
      array = first
    } else {
      array = try file.array(named: tensor)
    }
    let sizes = array.dimensions
    guard (2...4).contains(sizes.count), !array.values.isEmpty else {
      throw NetworkError.weights(
        name: array.name, problem: "dimensions \(sizes) are no kernel; expected [out, in, height, width]")
    }
    let shape = Shape(
      batch: sizes.count > 2 ? sizes[0] : 1, channels: sizes.count == 4 ? sizes[1] : 1,
      height: sizes[sizes.count - 2], width: sizes[sizes.count - 1])
    guard array.values.allSatisfy(\.isFinite) else {
      throw NetworkError.weights(name: array.name, problem: "holds a value that is not finite")
    }
    var bias = [Float](repeating: 0, count: shape.batch)
    if array.name.hasSuffix("weight") {
      let biasName = String(array.name.dropLast("weight".count)) + "bias"
      if let found = file.arrays.first(where: { $0.name == biasName }), found.values.count == shape.batch {
        guard found.values.allSatisfy(\.isFinite) else {
          throw NetworkError.weights(name: biasName, problem: "holds a value that is not finite")
        }
        bias = found.values
      }
    }
    self.init(name: baseName(of: path), weight: Tensor(shape: shape, values: array.values), bias: bias)
  }

  private init(json bytes: [UInt8], path: String) throws {
    let contents: KernelJSON
    do {
      contents = try JSONDecoder().decode(KernelJSON.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw KernelError.syntax(path, problem: describe(error))
    }
    let weights: [[[[Float]]]]
    switch (contents.kernels, contents.weights) {
    case (let kernels?, nil): weights = kernels.map { [$0.matrix] }
    case (nil, let given?): weights = given
    default: throw KernelError.syntax(path, problem: "expected either \"kernels\" or \"weights\"")
    }
    guard contents.divisor != 0, contents.divisor.isFinite else {
      throw KernelError.syntax(path, problem: "\"divisor\" must not be 0")
    }
    let weight = try Self.tensor(weights, divisor: contents.divisor, path: path)
    let bias =
      contents.bias.count == 1
      ? [Float](repeating: contents.bias[0], count: weight.shape.batch) : contents.bias
    guard bias.count == weight.shape.batch, bias.allSatisfy(\.isFinite) else {
      throw KernelError.syntax(
        path, problem: "\"bias\" needs one number, or one for each of \(weight.shape.batch) kernels")
    }
    self.init(name: contents.name ?? baseName(of: path), weight: weight, bias: bias)
  }

  private static func tensor(_ weights: [[[[Float]]]], divisor: Float, path: String) throws -> Tensor {
    guard let inputs = weights.first?.count, inputs > 0, let matrix = weights.first?.first else {
      throw KernelError.syntax(path, problem: "a kernel needs at least one matrix")
    }
    let first = try KernelMatrix(rows: matrix, source: path)
    var values: [Float] = []
    for (number, output) in weights.enumerated() {
      guard output.count == inputs else {
        throw KernelError.syntax(
          path, problem: "kernel \(number + 1) has \(output.count) inputs, the first has \(inputs)")
      }
      for matrix in output {
        let rows = try KernelMatrix(rows: matrix, source: path)
        guard rows.extent == first.extent else {
          throw KernelError.syntax(
            path, problem: "kernel \(number + 1) is \(rows.extent), the first is \(first.extent)")
        }
        let divided = rows.rows.joined().map { $0 / divisor }
        guard divided.allSatisfy(\.isFinite) else {
          throw KernelError.syntax(
            path, problem: "divided by \"divisor\", kernel \(number + 1) has a number that is not finite")
        }
        values += divided
      }
    }
    return Tensor(
      shape: Shape(
        batch: weights.count, channels: inputs, height: first.extent.height, width: first.extent.width),
      values: values)
  }
}

/// The JSON of a kernel file, with unknown keys refused.
private struct KernelJSON: Decodable {
  struct Matrix: Decodable {
    var name: String?
    var matrix: [[Float]]

    enum Key: String, CodingKey, CaseIterable { case name, matrix }

    init(from decoder: any Decoder) throws {
      try refuseUnknownKeys(decoder, Key.allCases.map(\.rawValue))
      let values = try decoder.container(keyedBy: Key.self)
      name = try values.decodeIfPresent(String.self, forKey: .name)
      matrix = try values.decode([[Float]].self, forKey: .matrix)
    }
  }

  var name: String?
  var summary: String?
  var kernels: [Matrix]?
  var weights: [[[[Float]]]]?
  var divisor: Float
  var bias: [Float]

  enum Key: String, CodingKey, CaseIterable { case name, summary, kernels, weights, divisor, bias }

  init(from decoder: any Decoder) throws {
    try refuseUnknownKeys(decoder, Key.allCases.map(\.rawValue))
    let values = try decoder.container(keyedBy: Key.self)
    name = try values.decodeIfPresent(String.self, forKey: .name)
    summary = try values.decodeIfPresent(String.self, forKey: .summary)
    kernels = try values.decodeIfPresent([Matrix].self, forKey: .kernels)
    weights = try values.decodeIfPresent([[[[Float]]]].self, forKey: .weights)
    divisor = try values.decodeIfPresent(Float.self, forKey: .divisor) ?? 1
    if let one = try? values.decode(Float.self, forKey: .bias) {
      bias = [one]
    } else {
      bias = try values.decodeIfPresent([Float].self, forKey: .bias) ?? [0]
    }
  }
}
