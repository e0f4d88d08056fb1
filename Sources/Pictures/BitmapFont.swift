/// The built-in font: drawings of 5x9 cells for printable ASCII and the multiplication sign, of fixed width.
enum BitmapFont {
  /// From one character to the next, a column of space included.
  static let advance = FontDrawings.width + 1
  /// From the top of capitals to the foot of letters such as g.
  static let height = FontDrawings.height
  /// The height of capitals and digits, which stand on the baseline.
  static let capHeight = 7

  /// The rows of the character; bit 4 is the leftmost column. A box for characters without a drawing.
  static func rows(_ character: Character) -> [UInt8] {
    drawings[character] ?? box
  }

  private static let box: [UInt8] = [31, 17, 17, 17, 17, 17, 31, 0, 0]

  private static let drawings: [Character: [UInt8]] = {
    var result: [Character: [UInt8]] = [:]
    for block in FontDrawings.blocks {
      let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
      for start in stride(from: 0, to: lines[1].count, by: advance) {
        guard start < lines[0].count else { continue }
        result[lines[0][start]] = lines[1...height].map { line in
          line[start..<start + FontDrawings.width].reduce(0) { $0 << 1 | ($1 == "#" ? 1 : 0) }
        }
      }
    }
    return result
  }()
}

/// The size of text in pixels at a whole scale.
enum TextSize {
  static func width(_ text: String, scale: Int) -> Int {
    text.isEmpty ? 0 : (text.count * BitmapFont.advance - 1) * scale
  }

  static func height(scale: Int) -> Int { BitmapFont.height * scale }

  /// From one line to the next.
  static func lineHeight(scale: Int) -> Int { (BitmapFont.height + 2) * scale }

  /// The text if it fits into `width`, else its beginning and "..." - or fewer dots, or nothing at all.
  static func truncated(_ text: String, width: Int, scale: Int) -> String {
    if TextSize.width(text, scale: scale) <= width { return text }
    let fitting = max(0, (width / scale + 1) / BitmapFont.advance)
    return String(text.prefix(max(0, fitting - 3))) + String(repeating: ".", count: min(3, fitting))
  }
}
