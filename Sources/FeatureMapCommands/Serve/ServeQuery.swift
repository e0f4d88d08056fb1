import ArgumentParser
import FeatureMap

/// What an address asks for: a picture, what works on it and how, read as the options of `report` and `run` are.
struct ServeQuery {
  /// The name of a picture that was sent before.
  let picture: String
  /// What the picture is called in pages.
  let name: String
  let model: String?
  let chain: String?
  let gray: Bool
  let side: Int
  let input: PictureInputOptions
  let grid: GridOptions
  let layer: String

  /// The name without the ending that tells the format.
  var baseName: String { FeatureMap.baseName(of: name) }

  /// - Throws: `CommandError.choice` for values that the options do not take, and for names that there are not.
  init(_ query: [String: String]) throws {
    let known: Set = [
      "picture", "name", "model", "chain", "gray", "side", "size", "invert", "prepare", "layer", "scale",
      "colormap", "columns", "zoom",
    ]
    if let stranger = query.keys.sorted().first(where: { !known.contains($0) }) {
      throw CommandError.choice(
        "there is no '\(stranger)' to ask for; there is: \(known.sorted().joined(separator: ", "))")
    }
    picture = query["picture"] ?? ""
    name = query["name"] ?? "picture"
    model = query["model"]
    chain = query["chain"]
    gray = query["gray"] == "yes"
    layer = query["layer"] ?? ""
    guard let side = Int(query["side"] ?? "192"), ReportCommand.sides.contains(side) else {
      throw CommandError.choice(
        "side must be within \(ReportCommand.sides) pixels, got \(query["side"] ?? "")")
    }
    self.side = side
    input = try Self.options(PictureInputOptions.self, ["size", "invert", "prepare"], query)
    grid = try Self.options(GridOptions.self, ["scale", "colormap", "columns", "zoom"], query)
  }

  private static func options<Options: ParsableArguments>(
    _ type: Options.Type, _ names: [String], _ query: [String: String]
  ) throws -> Options {
    do {
      return try type.parse(names.flatMap { name in query[name].map { ["--\(name)=\($0)"] } ?? [] })
    } catch {
      throw CommandError.choice(type.message(for: error))
    }
  }
}
