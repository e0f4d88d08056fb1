import TensorCore

extension FeatureMapGrid {
  /// The grid for a terminal with 24-bit colour: maps as half blocks, their names and ranges as text.
  ///
  /// Maps are enlarged or shrunk by whole factors; as many as fit stand side by side.
  ///
  /// - Parameter columns: the width of the terminal in characters.
  public func text(columns: Int) -> String {
    let layer = LayerColoring(
      maps: maps, scale: scale == .each && maps.shape.planeCount == 1 ? .layer : scale, colorMap: colorMap,
      sharedValues: sharedValues)
    guard maps.shape.count > 0 else { return "\(title)\nno values" }
    var lines = [title] + (maps.shape.planeCount == 1 ? barLines(layer, columns) : tileLines(layer, columns))
    if maps.shape.planeCount > 1, let bar = layer.colorBar { lines.append(barText(bar)) }
    return (lines + layer.footer).joined(separator: "\n")
  }

  private func tileLines(_ layer: LayerColoring, _ columns: Int) -> [String] {
    let tiles = layer.channels.indices.map { channel in
      textTile(channel, layer, width: layer.channels.count == 1 ? columns : min(columns, 60))
    }
    let slot = min(columns, tiles.map { max($0.width, $0.caption.count) }.max() ?? 1)
    let perRow = max(1, (columns + 2) / (slot + 2))
    return stride(from: 0, to: tiles.count, by: perRow).flatMap { first in
      let row = tiles[first..<min(first + perRow, tiles.count)]
      let height = row.map(\.lines.count).max() ?? 0
      let pixels = (0..<height).map { y in
        row.map { padded($0.lines[y], visible: $0.width, to: slot) }.joined(separator: "  ")
      }
      let captions = row.map { tile in
        let caption = String(tile.caption.prefix(slot))
        return padded(caption, visible: caption.count, to: slot)
      }
      return pixels + [withoutTrailingBlanks(captions.joined(separator: "  "))]
    }
  }

  private struct TextTile {
    let lines: [String]
    let width: Int
    let caption: String
  }

  /// A map at least 20 characters wide, if whole factors allow, and at most `width`.
  private func textTile(_ channel: Int, _ layer: LayerColoring, width: Int) -> TextTile {
    let zoom = TileZoom(width: maps.shape.width, height: 1, target: 20, limit: max(1, width))
    let coloring = layer.coloring(channel)
    let plane = Plane(
      width: maps.shape.width, height: maps.shape.height, values: Array(maps.plane(channel))
    ).reduced(by: zoom.reduction)
    var canvas = Canvas(
      width: plane.width * zoom.enlargement, height: plane.height * zoom.enlargement, background: .black)
    canvas.blit(
      coloring.colors(plane.values), columns: plane.width, x: 0, y: 0, zoom: zoom.enlargement)
    return TextTile(
      lines: HalfBlocks(canvas.image.colors, columns: canvas.width).lines, width: canvas.width,
      caption: caption(channel, layer.channels[channel], oneLine: true).joined(separator: " "))
  }

  /// A vector: a line for each value, its bar as long as the value is large; many values as rows of cells.
  private func barLines(_ layer: LayerColoring, _ columns: Int) -> [String] {
    let coloring = ValueColoring(map: layer.map, range: layer.range)
    guard maps.values.count <= 64 else {
      let width = min(columns, 40, maps.values.count)
      return HalfBlocks(coloring.colors(maps.values), columns: width).lines
    }
    let names = maps.values.indices.map { label($0) ?? "\($0)" }
    let numbers = maps.values.map { formatted($0) }
    let nameWidth = names.map(\.count).max() ?? 0
    let numberWidth = numbers.map(\.count).max() ?? 0
    let room = max(1, min(40, columns - nameWidth - numberWidth - 4))
    let largest = maps.values.map { $0.isFinite ? abs($0) : 0 }.max() ?? 0
    return maps.values.indices.map { i in
      let share = largest > 0 && maps.values[i].isFinite ? abs(maps.values[i]) / largest : 0
      let bar = HalfBlocks.bar(coloring.color(maps.values[i]), length: Int((share * Float(room)).rounded()))
      return padded(names[i], visible: names[i].count, to: nameWidth, left: true) + "  "
        + padded(numbers[i], visible: numbers[i].count, to: numberWidth, left: true)
        + (bar.isEmpty ? "" : "  " + bar)
    }
  }

  /// The colours from the lowest to the highest value, and those values.
  private func barText(_ bar: ColorBar) -> String {
    let coloring = ValueColoring(map: bar.map, range: bar.range)
    let low = Double(bar.range.lowerBound)
    let width = Double(bar.range.upperBound) - low
    let cells = (0..<32).map {
      HalfBlocks.bar(coloring.color(Float(low + Double($0) / 31 * width)), length: 1)
    }
    return "\(bar.range.text(bar.range.lowerBound)) \(cells.joined()) \(bar.range.text(bar.range.upperBound))"
  }
}

/// The text with blanks up to a width, for text whose escape sequences are not seen.
private func padded(_ text: String, visible: Int, to width: Int, left: Bool = false) -> String {
  let blanks = String(repeating: " ", count: max(0, width - visible))
  return left ? blanks + text : text + blanks
}

private func withoutTrailingBlanks(_ text: String) -> String {
  String(text.reversed().drop { $0 == " " }.reversed())
}
