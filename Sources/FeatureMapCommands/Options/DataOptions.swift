import ArgumentParser
import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the data set lies.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder with the four files of Fashion-MNIST, gzipped or not; else the environment variable FEATUREMAP_DATA.",
      valueName: "folder"))
  var data: String?

  /// - Throws: `CommandError.noData` when no folder is named; `DataError` for missing or damaged files.
  func load(_ part: DataPart, classCount: Int) throws -> LabelledImages {
    try LabelledImages(folder: try folder(), part: part, classCount: classCount)
  }

  func folder() throws -> String {
    guard let folder = data ?? getenv("FEATUREMAP_DATA").map({ String(cString: $0) }) else {
      throw CommandError.noData
    }
    return folder
  }

  /// The folder's own name.
  func folderName() throws -> String { fileName(of: try folder()) }

  /// All files of the folder: what is read, and what must not be written over.
  func files() throws -> [String] {
    let folder = try folder()
    return try listFolder(folder).map { joinPath(folder, $0) }
  }
}
