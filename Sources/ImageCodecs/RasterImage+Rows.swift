extension RasterImage {
  /// The picture of some of its rows.
  ///
  /// - Precondition: the range is not empty and within the picture.
  public func rows(_ range: Range<Int>) -> RasterImage {
    if range == 0..<height { return self }
    let places = range.lowerBound * width * channels..<range.upperBound * width * channels
    let part: Samples =
      switch samples {
      case .uint8(let values): .uint8(Array(values[places]))
      case .uint16(let values): .uint16(Array(values[places]))
      }
    return RasterImage(width: width, height: range.count, channels: channels, samples: part)
  }

  /// The samples of a picture of 8 bits, nothing of others.
  var samples8: [UInt8] {
    if case .uint8(let values) = samples { return values }
    return []
  }

  /// The samples of a picture of 16 bits, nothing of others.
  var samples16: [UInt16] {
    if case .uint16(let values) = samples { return values }
    return []
  }
}
