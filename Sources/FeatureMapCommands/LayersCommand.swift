import ArgumentParser
import FeatureMap

/// `featuremap layers`: a table of a network's layers.
struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "List the layers of a network: shapes, parameters, work, receptive fields.",
    usage: "featuremap layers [<options>]",
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
  @OptionGroup var plugins: PluginOptions

  @Option(
    help: ArgumentHelp("Size of the picture; a network's own by default, else 256x256.", valueName: "WxH"),
    transform: parsePictureSize)
  var size: Extent?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  func run() throws {
    let network = try networkStructure(model.model, registry: try makeRegistry(plugins))
    let shape = try measuredShape(network, size: size)
    let rows = try network.summary(for: shape)
    try printLayers(rows, format) { printText(network, rows, input: shape) }
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
        row.fieldSize.map(side) ?? "all", field.isGlobal ? "" : side(field.jump),
        field.isGlobal ? "" : field.startText,
      ])
    }
    print("\(network.name): input \(input)")
    print(table.text)
    let parameters = rows.reduce(0) { $0 + $1.parameters }
    let work = rows.reduce(0) { $0 + $1.multiplyAdds }
    print("total: \(grouped(parameters)) parameters, \(grouped(work)) mult-adds for one picture")
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
