import ArgumentParser
import FeatureMap

/// The pictures that a command was given.
enum InputFiles {
  /// Folders replaced by the PNG and JPEG files in them, in the order of their names; not those of subfolders.
  ///
  /// - Throws: `CommandError.noPictures` for a folder without any; `FileError` for one that cannot be listed.
  static func expand(_ paths: [String]) throws -> [String] {
    try paths.flatMap { path -> [String] in
      guard path != standardStreamPath, isFolder(path) else { return [path] }
      let names = try listFolder(path).filter { ["png", "jpg", "jpeg"].contains(fileExtension(of: $0)) }
      if names.isEmpty { throw CommandError.noPictures(folder: path) }
      return names.map { joinPath(path, $0) }
    }
  }

  /// The same paths, each once.
  static func distinct(_ paths: [String]) -> [String] {
    var known: Set<String> = []
    return paths.filter { known.insert($0).inserted }
  }

  /// Looks whether there is a file, before other questions are asked.
  ///
  /// - Throws: `FileError` for one that is not there, `CommandError.choice` for a folder.
  static func checkOne(_ path: String) throws {
    guard path != standardStreamPath else { return }
    if isFolder(path) {
      throw CommandError.choice("\(path) is a folder; name one file of it")
    }
    guard fileExists(path) else {
      throw FileError.system(operation: "read", path: path, reason: "No such file or directory")
    }
  }

  /// Does every file; one that fails is reported and the others are done.
  ///
  /// - Throws: `ExitCode.failure` at the end when any failed.
  static func forEach(_ paths: [String], _ body: (String) throws -> Void) throws {
    if forEachReporting(paths, body) { throw ExitCode.failure }
  }

  /// The same for callers that have something to do at the end: tells whether any failed.
  static func forEachReporting(_ paths: [String], _ body: (String) throws -> Void) -> Bool {
    var failures = 0
    for path in paths {
      do {
        try body(path)
      } catch {
        failures += 1
        report(error, path)
      }
    }
    summarize(failures, of: paths)
    return failures > 0
  }

  /// What went wrong with a file, as one line on standard error that names it.
  private static func report(_ error: any Error, _ path: String) {
    let text = "\(error)"
    Console.note("featuremap: \(text.contains(path) ? text : "\(path): \(text)")")
  }

  /// Where some of several files failed, how many did as the last line on standard error.
  private static func summarize(_ failures: Int, of paths: [String]) {
    if failures == 0 || paths.count == 1 { return }
    Console.note("featuremap: \(paths.count - failures) of \(paths.count) files done, \(failures) failed")
  }

  /// The same by several threads.
  ///
  /// - Parameters:
  ///   - outcomes: makes what a thread calls for each of its chunks of files.
  ///   - use: takes the answers in the order of the files; a failure is reported in its place.
  /// - Returns: whether any failed.
  static func forEachChunkReporting<Answer: Sendable>(
    _ paths: [String], outcomes: @Sendable () -> (ArraySlice<String>) -> [FileOutcome<Answer>],
    use: (Answer) -> Void
  ) -> Bool {
    var failures = 0
    ChunkedFiles(paths).forEach(work: outcomes) { outcomes in
      for outcome in outcomes {
        switch outcome {
        case .answer(let answer): use(answer)
        case .failure(let path, let error):
          failures += 1
          report(error, path)
        }
      }
    }
    summarize(failures, of: paths)
    return failures > 0
  }

  /// The name that outputs made of a picture begin with: `stdin` for standard input.
  static func outputBase(_ path: String) -> String {
    path == standardStreamPath ? "stdin" : baseName(of: path)
  }
}

/// What came of files.
enum FileOutcome<Answer: Sendable>: Sendable {
  /// Of one file, or of several that follow each other.
  case answer(Answer)
  case failure(path: String, any Error)
}

/// Where outputs go.
enum OutputPlace {
  /// Whether a path is meant as a folder: it ends with a slash, or is one.
  static func isFolderPath(_ path: String) -> Bool {
    path.hasSuffix("/") || isFolder(path)
  }

  /// - Throws: `CommandError.wouldOverwriteInput` when the path is one of the inputs.
  static func protect(_ inputs: [String], from output: String) throws {
    for input in inputs where input != standardStreamPath {
      if input == output || isSameFile(input, output) {
        throw CommandError.wouldOverwriteInput(output)
      }
    }
  }

  /// Creates the folder that a file goes into.
  static func prepare(_ path: String) throws {
    if path != standardStreamPath { try createFolder(parentFolder(of: path)) }
  }
}
