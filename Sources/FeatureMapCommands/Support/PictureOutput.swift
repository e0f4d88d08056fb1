import FeatureMap

/// Draws a filtered picture into a file, band by band.
struct PictureOutput {
  let path: String
  let layout: PixelLayout
  let format: ImageFormat
  let options: ImageOptions
  let display: SettledDisplay

  /// - Returns: what is worth telling of the values.
  /// - Throws: whatever goes wrong while reading, filtering or writing; no file is left then.
  func write(_ picture: FilteredPicture) throws -> DisplayTally {
    try OutputPlace.prepare(path)
    let writer = try ImageWriter(path, layout: layout, format: format, options: options)
    var all = DisplayTally()
    try picture.forEachBand(rowsPerStrip: writer.rowsPerStrip) { band in
      var tally = DisplayTally()
      let rows = try drawn(band, tally: &tally)
      return (tally, try writer.encode(rows, firstRow: band.rows.lowerBound))
    } inOrder: { tally, rows in
      all.merge(tally)
      try writer.append(rows)
    }
    let scale = [display.name(all)] + display.notes(all, channels: picture.shape.channels)
    try writer.finish(text: [TextChunk(keyword: "Scale", text: scale.joined(separator: ", "))])
    return all
  }

  private func drawn(_ band: FilteredPicture.Band, tally: inout DisplayTally) throws -> RasterImage {
    var shown = display.picture(of: band.colors, tally: &tally)
    if let opacity = band.opacity, layout.hasAlpha { shown = try concatenate([shown, opacity]) }
    return try RasterImage(tensor: shown, bitDepth: layout.bitDepth == 16 ? .sixteen : .eight)
  }
}
