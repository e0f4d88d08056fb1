import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the program's words go: results to standard output, all else to standard error.
enum Console {
  /// Hands what was printed to whoever reads it: for results that come slowly, while the output is a file or
  /// pipe.
  static func flush() {
    fflush(nil)
  }

  /// Hands over the last results.
  ///
  /// - Throws: `CommandError.choice` when some of them could not be written, as on a full disk.
  static func finish() throws {
    guard fflush(nil) == 0 else {
      throw CommandError.choice("cannot write standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// A line on standard error.
  static func note(_ text: String) {
    write(STDERR_FILENO, text + "\n")
  }

  /// What went wrong, as one line on standard error.
  static func report(_ error: any Error) {
    note("featuremap: \(error)")
  }

  /// Text on standard error that may be written over, for progress.
  static func progress(_ text: String) {
    write(STDERR_FILENO, text)
  }

  /// Whether standard error is a terminal, so that progress can be shown on it.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

  /// Characters in a row of the terminal on standard output; where it is none, what COLUMNS says, or 80.
  static var width: Int {
    if let size, size.ws_col > 0 { return Int(size.ws_col) }
    let told = getenv("COLUMNS").flatMap { Int(String(cString: $0)) }
    return told.flatMap { (1...10_000).contains($0) ? $0 : nil } ?? 80
  }

  /// Pixels in a row of the terminal on standard output, where it tells them.
  static var pixelWidth: Int? {
    guard let size, size.ws_xpixel > 0 else { return nil }
    return Int(size.ws_xpixel)
  }

  private static var size: winsize? {
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  private static func write(_ file: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = writeSome(file, bytes, done)
        if count <= 0 { return }
        done += count
      }
    }
  }

  private static func writeSome(_ file: Int32, _ bytes: UnsafeBufferPointer<UInt8>, _ from: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(file, bytes.baseAddress?.advanced(by: from), bytes.count - from)
    #else
      Darwin.write(file, bytes.baseAddress?.advanced(by: from), bytes.count - from)
    #endif
  }
}

/// Prints results: to standard output, or to standard error while that carries a file.
struct ResultPrinter {
  let usesStandardError: Bool

  init(outputPath: String?) {
    usesStandardError = outputPath == standardStreamPath
  }

  func callAsFunction(_ line: String) {
    if usesStandardError {
      Console.note(line)
    } else {
      print(line)
    }
  }
}
