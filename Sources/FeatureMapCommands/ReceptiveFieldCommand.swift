import ArgumentParser
import FeatureMap

/// `featuremap receptive-field`: what the values of a layer see of the picture.
struct ReceptiveFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receptive-field",
    abstract: "Show which part of a picture the values of a layer see.",
    discussion: """
      Without a picture: a table. field is the size of the area of the input that one value sees, jump the \
      distance between the areas of neighbouring values, start the centre of the first area, sees the first \
      and the last pixel that the whole map looks at, beyond the picture where that is padding; all in input \
      pixels, down and across where they differ.

      EXAMPLES:
        featuremap receptive-field
        featuremap rf --model "gaussian:sigma=2,sobel"
        featuremap rf --model Samples/Networks/alexnet.json
      """,
    aliases: ["rf"])

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("Size of the picture; a network's own by default, else 256x256.", valueName: "WxH"),
    transform: parsePictureSize)
  var size: Extent?

  @OptionGroup var filters: FilterOptions

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  func run() throws {
    let network = try networkStructure(
      model.model, registry: try makeRegistry(), defaults: filters.defaults)
    let shape = try measuredShape(network, size: size)
    let rows = try network.summary(for: shape)
    try printLayers(rows, format) { printText(network, rows, input: shape) }
  }

  private func printText(_ network: Network, _ rows: [LayerSummary], input: Shape) {
    var table = TextTable([
      ("layer", .left), ("kind", .left), ("output", .left), ("field", .right), ("jump", .right),
      ("start", .right), ("sees", .right),
    ])
    for row in rows {
      let field = row.receptiveField
      table.rows.append(
        [row.layer, row.kind, "\(row.shape)"]
          + (field.isGlobal
            ? ["all", "", "", ""]
            : [
              side(field.size), side(field.jump), field.startText, field.coverText(of: row.shape.extent),
            ]))
    }
    print("\(network.name): input \(input)")
    print(table.text)
  }
}
