import ArgumentParser
import FeatureMap

/// `featuremap layers`: a table of a network's layers.
struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "List the layers of a network: shapes, parameters, work, receptive fields.",
    discussion: """
      field is the size of the area of the input that one value sees, jump the distance between the \
      areas of neighbouring values, start the centre of the first area, all in input pixels. \
      mult-adds are the products summed for one picture.

      EXAMPLES:
        featuremap layers
        featuremap layers --model "gaussian:sigma=2,sobel" --size 640x480
        featuremap layers --format json
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("Size of the picture; a network's own by default, else 256x256.", valueName: "WxH"),
    transform: parsePictureSize)
  var size: Extent?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  func run() throws {
    let network = try Model(model.model, registry: try makeRegistry()).network
    var shape = network.inputShape ?? Shape(channels: 1, height: 256, width: 256)
    if let size, let fixed = network.inputShape, fixed.extent != size {
      throw NetworkError.inputShape(
        got: "\(fixed.channels)x\(size.height)x\(size.width)", expected: "\(fixed)", network: network.name)
    }
    if let size { shape = Shape(channels: shape.channels, height: size.height, width: size.width) }
    let rows = try network.summary(for: shape)
    switch format {
    case .text: printText(network, rows, input: shape)
    case .json: print(try json(rows.map(LayerRow.init), pretty: true))
    case .jsonl:
      for row in rows { print(try json(LayerRow(row), pretty: false)) }
    case .csv:
      print("layer,kind,shape,parameters,multiplyAdds,size,jump,start")
      for row in rows {
        let field = row.receptiveField
        print(
          csvLine([
            row.layer, row.kind, "\(row.shape)", "\(row.parameters)", "\(row.multiplyAdds)",
            field.isGlobal ? "all" : "\(field.size)", field.isGlobal ? "" : "\(field.jump)",
            field.isGlobal ? "" : startText(field),
          ]))
      }
    }
  }

  private func printText(_ network: Network, _ rows: [LayerSummary], input: Shape) {
    var table = TextTable([
      ("layer", .left), ("kind", .left), ("output", .left), ("parameters", .right), ("mult-adds", .right),
      ("field", .right), ("jump", .right), ("start", .right),
    ])
    for row in rows {
      let field = row.receptiveField
      table.rows.append([
        row.layer, row.kind, "\(row.shape)", grouped(row.parameters), grouped(row.multiplyAdds),
        field.isGlobal ? "all" : side(field.size), field.isGlobal ? "" : side(field.jump),
        field.isGlobal ? "" : startText(field),
      ])
    }
    print("\(network.name): input \(input)")
    print(table.text)
    let parameters = rows.reduce(0) { $0 + $1.parameters }
    let work = rows.reduce(0) { $0 + $1.multiplyAdds }
    print("total: \(grouped(parameters)) parameters, \(grouped(work)) mult-adds for one picture")
  }

  /// `5` for a square, `1x2` otherwise.
  private func side(_ extent: Extent) -> String {
    extent.height == extent.width ? "\(extent.height)" : "\(extent)"
  }

  private func startText(_ field: ReceptiveField) -> String {
    let start = field.start
    let y = formatted(start.y, significantDigits: 6)
    let x = formatted(start.x, significantDigits: 6)
    return y == x ? y : "\(y),\(x)"
  }
}

/// One layer as JSON; sizes are [height, width], `null` where a value sees the whole input.
private struct LayerRow: Encodable {
  let layer: String
  let kind: String
  let shape: [Int]
  let parameters: Int
  let multiplyAdds: Int
  let size: [Int]?
  let jump: [Int]?
  let start: [Double]?

  init(_ row: LayerSummary) {
    let field = row.receptiveField
    layer = row.layer
    kind = row.kind
    shape =
      row.shape.extent == .one
      ? [row.shape.channels] : [row.shape.channels, row.shape.height, row.shape.width]
    parameters = row.parameters
    multiplyAdds = row.multiplyAdds
    size = field.isGlobal ? nil : [field.size.height, field.size.width]
    jump = field.isGlobal ? nil : [field.jump.height, field.jump.width]
    start = field.isGlobal ? nil : [field.start.y, field.start.x]
  }
}

/// Reads `640x480`: width, then height.
@Sendable func parsePictureSize(_ text: String) throws -> Extent {
  let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
  guard parts.count == 2, let width = parts[0], let height = parts[1], (1...1_000_000).contains(width),
    (1...1_000_000).contains(height)
  else { throw ValidationError("'\(text)' is no size; write WIDTHxHEIGHT, such as 640x480") }
  return Extent(height: height, width: width)
}
