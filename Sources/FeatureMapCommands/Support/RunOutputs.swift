import FeatureMap

/// Where `run` writes what.
struct RunOutputs {
  let format: RunCommand.Output
  private let output: String?
  private let isFolder: Bool
  private let showsInput: Bool
  /// What stands for the picture in the name of a sheet of several.
  static let sheetName = "sheet"

  /// - Throws: `CommandError` when several pictures would go into one file, two into the same, or over an input.
  init(
    output: String?, format: RunCommand.Output?, images: [String], layers: [String],
    sheet: RunCommand.SheetKind? = nil, histograms: Bool = false, isNetwork: Bool, alsoRead: [String] = []
  ) throws {
    self.output = output
    isFolder = output.map(OutputPlace.isFolderPath) ?? false
    showsInput = isNetwork && sheet == nil
    let named = output.flatMap { RunCommand.Output(rawValue: fileExtension(of: $0)) }
    self.format = sheet == nil ? format ?? (isFolder ? nil : named) ?? .png : .png
    let bases = sheet == .layer ? [Self.sheetName] : images
    var parts = parts(of: layers, sheet: sheet)
    if histograms { parts += layers.map(Self.histogramPart) }
    let files = bases.count * parts.count
    if let output, !isFolder {
      guard files == 1 else {
        throw CommandError.severalIntoOne(count: files, what: "results", path: output)
      }
      let known = ["png", "jpg", "jpeg"]
      let fits = self.format == .png ? known.contains(fileExtension(of: output)) : named == self.format
      guard output == standardStreamPath || fits else {
        throw CommandError.unknownFormat(
          path: output,
          known: self.format == .png
            ? [".png", ".jpg", ".npy", ".safetensors"] : [".\(self.format.rawValue)"])
      }
    }
    var owners: [String: String] = [:]
    for image in bases {
      for part in parts {
        let goal = path(image, layer: part)
        try OutputPlace.protect(images + alsoRead, from: goal)
        if let other = owners.updateValue(image, forKey: goal) {
          throw CommandError.sameOutput(goal, first: other, second: image)
        }
      }
      if let goal = inputPath(image) {
        try OutputPlace.protect(images + alsoRead, from: goal)
        if owners[goal] != nil {
          throw CommandError.choice(
            "\(goal) is where the network's input is drawn; name another file for the maps")
        }
      }
    }
  }

  /// What the files of a picture are called after.
  private func parts(of layers: [String], sheet: RunCommand.SheetKind?) -> [String] {
    if sheet == .image { return [Self.sheetName] }
    return format == .safetensors ? [Self.fileLayer(layers)] : layers
  }

  /// What stands for a layer in the name of its histograms' file.
  static func histogramPart(_ layer: String) -> String { "\(layer)-histogram" }

  /// What stands for the layer in the name of a file that holds all of them.
  static func fileLayer(_ layers: [String]) -> String {
    layers.count == 1 ? layers[0] : "layers"
  }

  func path(_ image: String, layer: String) -> String {
    if let output, !isFolder { return output }
    return joinPath(output ?? "", "\(InputFiles.outputBase(image))-\(layer).\(format.rawValue)")
  }

  /// Beside the maps; `nil` for chains, whose input is the picture itself, and when the maps go to a stream.
  func inputPath(_ image: String) -> String? {
    guard showsInput, format == .png, output != standardStreamPath else { return nil }
    let folder = output.map { isFolder ? $0 : parentFolder(of: $0) } ?? ""
    return joinPath(folder, "\(InputFiles.outputBase(image))-input.png")
  }
}
