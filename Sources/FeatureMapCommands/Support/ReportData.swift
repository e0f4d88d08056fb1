import FeatureMap

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a report shows, as its page reads it: arrays of numbers are base64 of little-endian floats, row by row.
struct ReportData: Encodable {
  struct Original: Encodable {
    let width: Int
    let height: Int
    let url: String
  }

  struct Layer: Encodable {
    let name: String
    let kind: String
    /// [channels, height, width]
    let shape: [Int]
    let inputs: [String]
    let values: String
    /// `nil` where every value sees the same part of the input.
    let receptiveField: Field?
    /// What every value sees then: first row, first column, last row, last column; over the border where that is
    /// padding.
    let sees: [Int]?
    /// What channels are called besides their numbers; `nil` for nothing.
    let channelNames: [String]?
    let parameters: Int
    let operation: ReportOperation
  }

  /// Rows, then columns; `start` is the middle of the first value's field.
  struct Field: Encodable {
    let size: [Int]
    let jump: [Int]
    let start: [Double]
  }

  let version: String
  let source: String
  let model: String
  let decisions: String
  let notes: [String]
  let original: Original
  let unsure: Bool
  let classes: [Classification.Answer]
  let layers: [Layer]
}

extension ReportData.Field {
  init?(_ field: ReceptiveField) {
    if field.isGlobal { return nil }
    self.init(
      size: [field.size.height, field.size.width], jump: [field.jump.height, field.jump.width],
      start: [field.start.y, field.start.x])
  }
}

/// An array of numbers with its shape.
struct ReportArray: Encodable {
  let shape: [Int]
  let values: String

  init(_ tensor: Tensor, shape: [Int]) {
    self.init(values: tensor.values, shape: shape)
  }

  init(values: [Float], shape: [Int]) {
    self.shape = shape
    self.values = packed(values)
  }
}

/// How a layer makes its values of those before; what does not apply is `nil`.
struct ReportOperation: Encodable {
  var type: String
  var weight: ReportArray?
  var bias: String?
  var stride: [Int]?
  /// Top, left, bottom, right; of a filter how far its window reaches up and to the left.
  var padding: [Int]?
  var dilation: [Int]?
  var groups: Int?
  var mode: String?
  var size: [Int]?
  var offset: [Int]?
  var countPadding: Bool?
  var function: String?
  /// Of a gradient: its kernels and what their sums become.
  var matrices: [NamedMatrix]?
  var combination: String?
  var border: String?
  var summary: String?

  struct NamedMatrix: Encodable {
    let name: String
    let matrix: ReportArray
  }

  init(type: String) {
    self.type = type
  }

  /// - Parameters:
  ///   - input: of the layer.
  ///   - outputs: its channels.
  init(_ kernel: any Kernel, kind: String, input: Shape, outputs: Int) {
    switch kernel {
    case let layer as Convolution2D: self.init(layer)
    case let layer as Pooling2D: self.init(layer)
    case let layer as Linear:
      self.init(type: "linear")
      let shape = layer.weight.shape
      weight = ReportArray(layer.weight, shape: [shape.batch, shape.channels])
      bias = layer.bias.map(packed)
    case let layer as ActivationLayer:
      self.init(type: "elementwise")
      function = layer.kind.rawValue
    case is Flatten: self.init(type: "flatten")
    case is Softmax: self.init(type: "softmax")
    case is Add: self.init(type: "add")
    case is Concatenate: self.init(type: "concatenate")
    default: self.init(filter: kernel, kind: kind, input: input, outputs: outputs)
    }
  }

  private init(_ layer: Convolution2D) {
    self.init(type: "correlation")
    let shape = layer.weight.shape
    let options = layer.options
    weight = ReportArray(layer.weight, shape: [shape.batch, shape.channels, shape.height, shape.width])
    bias = layer.bias.map(packed)
    stride = [options.stride.height, options.stride.width]
    padding = sides(options.padding)
    dilation = [options.dilation.height, options.dilation.width]
    groups = options.groups
  }

  private init(_ layer: Pooling2D) {
    self.init(type: "pool")
    mode = layer.kind.rawValue
    size = [layer.options.kernelSize.height, layer.options.kernelSize.width]
    stride = [layer.options.stride.height, layer.options.stride.width]
    padding = sides(layer.options.padding)
    countPadding = layer.options.countIncludePad
  }

  /// A filter: the correlation that it amounts to, a gradient, or what is known of others, the window.
  private init(filter kernel: any Kernel, kind: String, input: Shape, outputs: Int) {
    guard case .local(let extent, .one, let first, .one) = kernel.window else {
      self.init(type: "other")
      summary = kind
      return
    }
    self.init(type: "filter")
    size = [extent.height, extent.width]
    offset = [first.y, first.x]
    border = (kernel.borderMode ?? .zero).rawValue
    summary = kind
    groups = kernel.mapsPerChannel(for: input) == nil ? 1 : input.channels
    if let (responses, groups) = Self.responses(of: kernel, input: input, outputs: outputs, extent) {
      type = "correlation"
      let channels = responses[0].weights.shape.channels
      weight = ReportArray(
        values: responses.flatMap(\.weights.values),
        shape: [responses.count, channels, extent.height, extent.width])
      if responses.contains(where: { $0.constant != 0 }) { bias = packed(responses.map(\.constant)) }
      stride = [1, 1]
      padding = [-first.y, -first.x, 0, 0]
      dilation = [1, 1]
      self.groups = groups
    } else if let combined = CombinedKernels(kernel) {
      matrices = combined.kernels.map {
        NamedMatrix(
          name: $0.name, matrix: ReportArray(values: $0.values, shape: [extent.height, extent.width]))
      }
      combination = combined.combination.rawValue
    }
  }

  /// What a linear filter does: for each map of a channel, where it treats every channel alike, else for each output.
  private static func responses(
    of kernel: any Kernel, input: Shape, outputs: Int, _ extent: Extent
  ) -> (responses: [LinearResponse], groups: Int)? {
    if let maps = kernel.mapsPerChannel(for: input) {
      return all(maps) { linearResponse(of: kernel, inputChannels: 1, outputChannel: $0) }
        .map { ($0, input.channels) }
    }
    guard outputs * input.channels * extent.count <= 1 << 16 else { return nil }
    return all(outputs) { linearResponse(of: kernel, inputChannels: input.channels, outputChannel: $0) }
      .map { ($0, 1) }
  }

  /// `nil` where there is not one for each of `count`.
  private static func all(_ count: Int, _ response: (Int) -> LinearResponse?) -> [LinearResponse]? {
    var found: [LinearResponse] = []
    for number in 0..<count {
      guard let next = response(number) else { return nil }
      found.append(next)
    }
    return found.isEmpty ? nil : found
  }
}

private func sides(_ edges: Edges) -> [Int] { [edges.top, edges.left, edges.bottom, edges.right] }

/// Numbers as base64 of their bytes.
func packed(_ values: [Float]) -> String {
  values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }.base64EncodedString()
}

/// Bytes of a PNG as the address of a picture within a page.
func pictureURL(_ image: RasterImage) throws -> String {
  "data:image/png;base64," + Data(try encodePNG(image)).base64EncodedString()
}
