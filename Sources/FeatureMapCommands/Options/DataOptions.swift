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
      "Folder with the four files of Fashion-MNIST, gzipped or not; else the environment variable FEATUREMAP_DATA, "
        + "else fashion-mnist here.",
      valueName: "folder"))
  var data: String?

  /// - Throws: `CommandError.noData` when no folder is named; `DataError` for missing or damaged files.
  func load(_ part: DataPart, classCount: Int) throws -> LabelledImages {
    try LabelledImages(folder: try folder(), part: part, classCount: classCount)
  }

  func folder() throws -> String {
    if let folder = data ?? Self.namedFolder { return folder }
    guard isFolder(Self.usualFolder) else { throw CommandError.noData }
    return Self.usualFolder
  }

  /// The folder of the environment variable FEATUREMAP_DATA.
  private static var namedFolder: String? {
    getenv("FEATUREMAP_DATA").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static let usualFolder = "fashion-mnist"

  /// Where the data set is looked for, and fetched to, when no folder is named.
  static var defaultFolder: String { namedFolder ?? usualFolder }

  /// The folder's own name.
  func folderName() throws -> String { fileName(of: try folder()) }

  /// All files of the folder: what is read, and what must not be written over.
  func files() throws -> [String] {
    let folder = try folder()
    return try listFolder(folder).map { joinPath(folder, $0) }
  }
}
