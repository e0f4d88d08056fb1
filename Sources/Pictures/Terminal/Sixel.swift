import ImageCodecs

extension RasterImage {
  /// The picture as sixels (DEC's terminal graphics), shrunk to `width` pixels where it is wider.
  ///
  /// At most 256 colours: all of the picture if they are that few, else each channel with 6, 5, 4 or 3 bits, or 2.
  /// Source: DEC, "VT330/VT340 Programmer Reference Manual", volume 2, chapter 14.
  public func sixels(width limit: Int) -> String {
    let small = fitted(width: limit)
    let (palette, indices) = indexed(small.colors)
    // Aspect 1:1, the background stays; then the size and the colours in per cent.
    var text = "\u{1b}P0;1;0q\"1;1;\(small.width);\(small.height)"
    for (index, color) in palette.enumerated() {
      let shares = [color.red, color.green, color.blue].map { (Int($0) * 100 + 127) / 255 }
      text += "#\(index);2;\(shares[0]);\(shares[1]);\(shares[2])"
    }
    for top in stride(from: 0, to: small.height, by: 6) {
      text += band(indices, top..<min(top + 6, small.height), width: small.width) + "-"
    }
    return text + "\u{1b}\\"
  }
}

/// Colours as numbers of at most 256: with as many bits as keep them that few.
private func indexed(_ colors: [RGBColor]) -> (palette: [RGBColor], indices: [Int]) {
  for bits in [8, 6, 5, 4, 3] {
    let rounded = colors.map { $0.rounded(toBits: bits) }
    let palette = Array(Set(rounded)).sorted { ($0.red, $0.green, $0.blue) < ($1.red, $1.green, $1.blue) }
    if palette.count <= 256 { return numbered(rounded, palette) }
  }
  let rounded = colors.map { $0.rounded(toBits: 2) }
  return numbered(rounded, Array(Set(rounded)))
}

private func numbered(_ colors: [RGBColor], _ palette: [RGBColor]) -> ([RGBColor], [Int]) {
  let numbers = Dictionary(uniqueKeysWithValues: palette.enumerated().map { ($1, $0) })
  return (palette, colors.map { numbers[$0] ?? 0 })
}

extension RGBColor {
  /// Each channel at the nearest of 2^bits levels from 0 to 255.
  fileprivate func rounded(toBits bits: Int) -> RGBColor {
    let steps = (1 << bits) - 1
    func level(_ sample: UInt8) -> UInt8 {
      let step = (Int(sample) * steps + 127) / 255
      return UInt8((step * 255 + steps / 2) / steps)
    }
    return RGBColor(level(red), level(green), level(blue))
  }
}

/// Six rows: for every colour in them one line of characters whose six lowest bits say which rows have it.
private func band(_ indices: [Int], _ rows: Range<Int>, width: Int) -> String {
  var masks: [Int: [UInt8]] = [:]
  for (bit, row) in rows.enumerated() {
    for x in 0..<width {
      masks[indices[row * width + x], default: Array(repeating: 0, count: width)][x] |= 1 << UInt8(bit)
    }
  }
  return masks.sorted { $0.key < $1.key }.map { "#\($0.key)" + packed($0.value) }.joined(separator: "$")
}

/// Sixel characters, with repeats as `!count`.
private func packed(_ masks: [UInt8]) -> String {
  var text = ""
  var start = 0
  while start < masks.count {
    var end = start + 1
    while end < masks.count && masks[end] == masks[start] { end += 1 }
    let character = String(UnicodeScalar(63 + masks[start]))
    text += end - start > 3 ? "!\(end - start)\(character)" : String(repeating: character, count: end - start)
    start = end
  }
  return text
}
