import FileAccess
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds material made by others that the tests use where it is present: the folder that the environment
/// variable FEATUREMAP_TEST_DATA names, else `../shared/data` beside the package.
public enum TestData {
  /// The folder itself, `nil` where there is none.
  public static let folder: String? = {
    if let named = getenv("FEATUREMAP_TEST_DATA") { return String(cString: named) }
    let beside = joinPath(parentFolder(of: packageFolder), "shared/data")
    return isFolder(beside) ? beside : nil
  }()

  /// Whether `name` (a file or folder below the test data) is there. For `.enabled(if:)` of a test.
  public static func has(_ name: String) -> Bool {
    folder.map { fileExists(joinPath($0, name)) } ?? false
  }

  /// The path of `name` below the test data.
  public static func path(_ name: String) throws -> String {
    joinPath(try #require(folder, "no test data"), name)
  }

  /// The folder of the package that the tests belong to.
  public static let packageFolder: String = {
    // #filePath is <package>/Tests/TestSupport/TestData.swift.
    parentFolder(of: parentFolder(of: parentFolder(of: #filePath)))
  }()
}
