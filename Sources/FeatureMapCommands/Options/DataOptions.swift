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
    guard let folder = data ?? getenv("FEATUREMAP_DATA").map({ String(cString: $0) }) else {
      throw CommandError.noData
    }
    return try LabelledImages(folder: folder, part: part, classCount: classCount)
  }
}

extension LearningRateSchedule: ExpressibleByArgument {}
