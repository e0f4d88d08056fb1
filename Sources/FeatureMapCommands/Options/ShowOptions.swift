import ArgumentParser
import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a terminal draws pictures.
enum TerminalGraphics: String, ExpressibleByArgument, CaseIterable {
  /// Two pixels a character, in 24-bit colour.
  case blocks
  /// kitty's protocol.
  case kitty
  case sixel

  /// What the terminal is known for by what it says of itself. It is never asked: an answer may not come.
  ///
  /// - Parameter variable: of the environment.
  init(_ variable: (String) -> String?) {
    let name = variable("TERM") ?? ""
    let program = variable("TERM_PROGRAM") ?? ""
    // What runs in between does not hand pictures on.
    if variable("TMUX") != nil || name.hasPrefix("tmux") || name.hasPrefix("screen") {
      self = .blocks
    } else if variable("KITTY_WINDOW_ID") != nil || name.contains("kitty") || name.contains("ghostty")
      || ["ghostty", "WezTerm"].contains(program)
    {
      self = .kitty
    } else if name.contains("sixel") || ["foot", "mlterm", "contour", "yaft"].contains(where: name.hasPrefix)
    {
      self = .sixel
    } else {
      self = .blocks
    }
  }
}

/// Whether pictures are drawn in the terminal as well.
struct ShowOptions: ParsableArguments {
  @Flag(
    help: "Draw the pictures in the terminal, too: with kitty's or sixel graphics where it is known for them."
  )
  var show = false

  @Option(help: ArgumentHelp("The same in this way.", valueName: "blocks|kitty|sixel"))
  var showAs: TerminalGraphics?

  var isWanted: Bool { show || showAs != nil }

  /// - Throws: `ValidationError` where the output is to be read by programs.
  func check(_ table: TableFormat?) throws {
    if isWanted, let table, table != .text {
      throw ValidationError(
        "--show draws into the output, which \(table.rawValue) is alone in; leave one out")
    }
  }

  /// A picture as the terminal shows it; `nil` where that is not wanted.
  ///
  /// - Parameter grid: what the picture is of, where a terminal's own letters can be its words.
  func drawing(of image: @autoclosure () throws -> RasterImage, grid: FeatureMapGrid? = nil) throws -> String?
  {
    guard isWanted else { return nil }
    let graphics =
      showAs ?? TerminalGraphics { name in getenv(name).map { String(cString: $0) } }
    let columns = Console.width
    // Of a terminal that does not tell its pixels, a character is taken to be eight wide.
    let pixels = Console.pixelWidth ?? columns * 8
    switch graphics {
    case .blocks: return try grid?.text(columns: columns) ?? image().halfBlocks(columns: columns)
    case .kitty:
      let image = try image()
      return try image.kittyGraphics(columns: image.width > pixels ? columns : nil)
    case .sixel: return try image().sixels(width: pixels)
    }
  }
}
