import ArgumentParser
import FeatureMap

/// What `apply` writes.
enum ApplyFormat: String, ExpressibleByArgument, CaseIterable {
  case png
  case jpg
  case npy

  init?(argument: String) {
    self.init(rawValue: argument == "jpeg" ? "jpg" : argument)
  }

  init?(path: String) {
    self.init(argument: fileExtension(of: path))
  }
}

/// Where `apply` writes what.
struct ApplyOutputs {
  private let output: String?
  private let isFolder: Bool
  private let chosen: ApplyFormat?
  private let suffix: String

  /// - Throws: `CommandError` when several pictures would go into one file, two into the same, over an input,
  ///   or the format is not known.
  init(output: String?, format: ApplyFormat?, images: [String], suffix: String, alsoRead: [String] = [])
    throws
  {
    self.output = output
    self.suffix = suffix
    isFolder = output.map(OutputPlace.isFolderPath) ?? false
    chosen = format
    if let output, !isFolder {
      guard images.count == 1 else {
        throw CommandError.severalIntoOne(count: images.count, what: "pictures", path: output)
      }
      guard format != nil || output == standardStreamPath || ApplyFormat(path: output) != nil else {
        throw CommandError.unknownFormat(path: output, known: [".png", ".jpg", ".npy"])
      }
      if let format, let named = ApplyFormat(path: output), named != format {
        throw CommandError.choice("\(output) and --format \(format.rawValue) do not agree; leave one out")
      }
    }
    var owners: [String: String] = [:]
    for image in images {
      for goal in Set(ImageFormat.allCases.map { path(image, content: $0) }) {
        try OutputPlace.protect(images + alsoRead, from: goal)
        if let other = owners.updateValue(image, forKey: goal), goal != standardStreamPath {
          throw CommandError.sameOutput(goal, first: other, second: image)
        }
      }
    }
  }

  /// - Parameter content: what the picture is, which tells where neither a name nor the user does.
  func format(_ image: String, content: ImageFormat? = nil) -> ApplyFormat {
    if let chosen { return chosen }
    if let output, !isFolder, let named = ApplyFormat(path: output) { return named }
    return ApplyFormat(path: image) ?? (content == .jpeg ? .jpg : .png)
  }

  /// - Parameter content: as of `format`.
  func path(_ image: String, content: ImageFormat? = nil) -> String {
    if let output, !isFolder { return output }
    let format = format(image, content: content)
    let isKept = chosen == nil && ApplyFormat(path: image) == .jpg
    let ending = isKept ? fileExtension(of: image) : format.rawValue
    let base = InputFiles.outputBase(image)
    return joinPath(output ?? "", output == nil ? "\(base)-\(suffix).\(ending)" : "\(base).\(ending)")
  }
}
