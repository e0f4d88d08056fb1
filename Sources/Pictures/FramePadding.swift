import ImageCodecs

/// Drawn pictures on paper as large as the largest of them: frames of one size for an animation.
///
/// - Precondition: all are 8-bit RGB, as everything that is drawn.
public func paddedToOneSize(_ pictures: [RasterImage]) -> [RasterImage] {
  let width = pictures.map(\.width).max() ?? 0
  let height = pictures.map(\.height).max() ?? 0
  return pictures.map { picture in
    if picture.width == width && picture.height == height { return picture }
    var canvas = Canvas(width: width, height: height, background: Palette.paper)
    canvas.blit(picture.colors, columns: picture.width, x: 0, y: 0, zoom: 1)
    return canvas.image
  }
}
