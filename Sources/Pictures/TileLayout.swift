/// Where the tiles of a grid lie: equal slots, each a tile with lines of caption beneath.
struct TileLayout: Sendable, Equatable {
  var count: Int
  var columns: Int
  var tileWidth: Int
  var tileHeight: Int
  var captionLines: Int
  var captionScale: Int
  /// The space around each tile, on all sides.
  var padding: Int
  var slotWidth: Int

  init(
    count: Int, columns: Int, tileWidth: Int, tileHeight: Int, padding: Int, captions: [[String]]
  ) {
    self.count = count
    self.columns = max(1, min(columns, count))
    self.tileWidth = tileWidth
    self.tileHeight = tileHeight
    self.padding = padding
    captionLines = captions.map(\.count).max() ?? 0
    func widest(_ scale: Int) -> Int {
      captions.joined().map { TextSize.width($0, scale: scale) }.max() ?? 0
    }
    // As large as the sheet's other words, where there is room.
    let textScale = Sheet.textScale(bodyWidth: self.columns * (tileWidth + 2 * padding))
    captionScale = widest(textScale) <= tileWidth ? textScale : 1
    // Captions are never cut: a slot is as wide as the widest, with a letter's space to the next.
    let captionWidth = widest(captionScale)
    slotWidth = max(tileWidth + 2 * padding, captionWidth == 0 ? 0 : captionWidth + BitmapFont.advance)
  }

  var rows: Int { (count + columns - 1) / columns }
  var captionHeight: Int {
    captionLines == 0 ? 0 : captionLines * TextSize.lineHeight(scale: captionScale) + 3
  }
  var slotHeight: Int { tileHeight + 2 * padding + captionHeight }
  var width: Int { columns * slotWidth }
  var height: Int { rows * slotHeight }

  /// The rectangle of tile `index` in a body that begins at (x, y).
  func tile(_ index: Int, x: Int, y: Int) -> PixelRect {
    PixelRect(
      x: x + index % columns * slotWidth + (slotWidth - tileWidth) / 2,
      y: y + index / columns * slotHeight + padding, width: tileWidth, height: tileHeight)
  }

  /// The box of one line of caption under tile `index`.
  func captionBox(_ index: Int, line: Int, x: Int, y: Int) -> PixelRect {
    let lineHeight = TextSize.lineHeight(scale: captionScale)
    return PixelRect(
      x: x + index % columns * slotWidth,
      y: y + index / columns * slotHeight + tileHeight + 2 * padding + 1 + line * lineHeight,
      width: slotWidth, height: lineHeight)
  }

  /// A number of columns for a picture somewhat wider than high, with full rows where that comes near it.
  static func columns(count: Int, slotWidth: Int, slotHeight: Int) -> Int {
    var best = 1
    var smallest = Float.infinity
    for columns in 1...max(1, min(count, 64)) {
      let rows = (count + columns - 1) / columns
      let aspect = Float(columns * slotWidth) / Float(rows * slotHeight)
      // The distance from 3:2 as a ratio, whichever of the two is larger.
      let distance = max(aspect / 1.5, 1.5 / aspect) - 1
      let empty = Float(rows * columns - count) / Float(rows * columns)
      let penalty = distance + (empty > 0 ? 0.9 + 1.5 * empty : 0)
      if penalty < smallest {
        smallest = penalty
        best = columns
      }
    }
    return best
  }
}

/// By how much maps are enlarged or shrunk to become tiles: by whole factors only.
struct TileZoom: Sendable, Equatable {
  /// Each value is a square of this many pixels; 1 where `reduction` is not.
  var enlargement: Int
  /// Each pixel is the mean of a square of this many values.
  var reduction: Int

  /// Enlarges to about `target` pixels, or shrinks to at most `limit`.
  init(width: Int, height: Int, target: Int, limit: Int) {
    let longest = max(width, height, 1)
    enlargement = max(1, (target + longest - 1) / longest)
    // A strip much longer than high must not become longer than the limit either.
    enlargement = max(1, min(enlargement, limit / longest))
    reduction = longest > limit ? (longest + limit - 1) / limit : 1
  }

  init(enlargement: Int) {
    self.enlargement = max(1, enlargement)
    reduction = 1
  }

  func pixels(_ values: Int) -> Int {
    (values + reduction - 1) / reduction * enlargement
  }

  /// `4x` or `1/4`, `nil` for 1:1.
  var note: String? {
    if reduction > 1 {
      return "shrunk to 1/\(reduction), each pixel the mean of \(reduction)x\(reduction) values"
    }
    return enlargement > 1 ? "enlarged \(enlargement)x" : nil
  }
}
