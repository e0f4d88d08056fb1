import FeatureMap

/// A picture put through a network, in bands of rows where the network and the file allow it: then neither the
/// picture nor the result ever lies in memory as a whole. All other results are made when first asked for, and
/// kept.
final class FilteredPicture {
  /// Some rows of the result and the opacity that belongs to them.
  struct Band: Sendable {
    /// Where the rows belong.
    let rows: Range<Int>
    let colors: Tensor
    /// `nil` for pictures without.
    let opacity: Tensor?
  }

  /// The upright picture before the network.
  let source: PixelLayout
  /// The channels that the network works on.
  let inputChannels: Int
  /// The shape of the result.
  let shape: Shape

  /// Whether the result is made in bands.
  var isBanded: Bool { bands != nil }

  private let file: PictureFile
  private let pixelsPerBand: Int
  private let network: Network
  private let isGray: Bool
  private let bands: BandedNetwork?
  private var kept: (colors: Tensor, opacity: Tensor?)?

  /// - Parameters:
  ///   - gray: puts colours together before the network.
  ///   - pixelsPerBand: about; so few that a band stays in the cache.
  /// - Throws: `ImageError` for what is no picture, `NetworkError` when the network refuses it.
  init(_ file: PictureFile, network: Network, gray: Bool, pixelsPerBand: Int = 1 << 18) throws {
    let reader = try file.reader()
    self.file = file
    self.pixelsPerBand = pixelsPerBand
    self.network = network
    source = reader.layout
    inputChannels = gray ? 1 : source.colorChannels
    isGray = gray && source.colorChannels == 3
    bands =
      reader.orientation == .upright && !reader.needsAllRows
      ? BandedNetwork(network, channels: inputChannels) : nil
    let input = Shape(channels: inputChannels, height: source.height, width: source.width)
    shape = try network.nodes.last.flatMap { try network.shapes(for: input)[$0.name] } ?? input
  }

  /// The whole result.
  func whole() throws -> (colors: Tensor, opacity: Tensor?) {
    if let kept { return kept }
    let result = try filtered(try file.reader().readImage())
    kept = result
    return result
  }

  /// The extremes of all values.
  func statistics() throws -> ValueStatistics {
    var all = ValueStatistics()
    try forEachBand {
      ValueStatistics($0.colors)
    } inOrder: {
      all.merge($0)
    }
    return all
  }

  /// Goes through the result in bands: `work` takes them on several threads, `inOrder` what `work` made of them.
  /// Each call reads and filters anew where that goes in bands.
  ///
  /// - Parameter rowsPerStrip: all bands but the last have a multiple of so many rows.
  func forEachBand<Output: Sendable>(
    rowsPerStrip: Int = 1, work: @escaping (Band) throws -> Output,
    inOrder collect: @escaping (Output) throws -> Void
  ) throws {
    let ranges = bandRanges(rowsPerStrip: rowsPerStrip)
    guard let bands, ranges.count > 1 else {
      let (colors, opacity) = try whole()
      return try FeatureMapCommands.inOrder(count: ranges.count) {
        Band(rows: ranges[$0], colors: colors.rows(ranges[$0]), opacity: opacity?.rows(ranges[$0]))
      } work: {
        try work($1)
      } collect: {
        try collect($0)
      }
    }
    let source = BandReader(try file.reader(), bands)
    try FeatureMapCommands.inOrder(count: ranges.count) {
      try source.read(for: ranges[$0])
    } work: { [self] index, image in
      let rows = ranges[index]
      let (input, opacity) = planes(image)
      let height = shape.height
      let first = rows.lowerBound - bands.inputRows(for: rows, height: height).lowerBound
      return try work(
        Band(
          rows: rows, colors: try bands(input, rows: rows, height: height),
          opacity: opacity?.rows(first..<first + rows.count)))
    } collect: {
      try collect($0)
    }
  }

  /// The bands; higher ones where they would otherwise consist of little else than the rows that are filtered
  /// with them and cut off.
  private func bandRanges(rowsPerStrip: Int) -> [Range<Int>] {
    let wanted = max(pixelsPerBand / shape.width, 4 * (bands?.reach ?? 0), 1)
    let size = (wanted + rowsPerStrip - 1) / rowsPerStrip * rowsPerStrip
    return stride(from: 0, to: shape.height, by: size).map { $0..<min($0 + size, shape.height) }
  }

  /// What the network works on, and the opacity.
  private func planes(_ image: RasterImage) -> (input: Tensor, opacity: Tensor?) {
    let gray = isGray ? Tensor(image: image, mode: .gray) : nil
    if let gray, !image.hasAlpha { return (gray, nil) }
    let all = Tensor(image: image, mode: .asIs)
    guard image.hasAlpha else { return (all, nil) }
    return (gray ?? all.channels(Array(0..<image.colorChannels)), all.channel(image.channels - 1))
  }

  private func filtered(_ image: RasterImage) throws -> (colors: Tensor, opacity: Tensor?) {
    let (input, opacity) = planes(image)
    let result = try network(input)
    return (result, opacity.map { sampled($0, for: result.shape) })
  }

  /// The opacity itself; where the network changed the size, that of the pixels at the centres of the fields.
  private func sampled(_ opacity: Tensor, for shape: Shape) -> Tensor {
    if shape.extent == opacity.shape.extent { return opacity }
    let field = network.nodes.last.flatMap { network.receptiveFields()[$0.name] } ?? .input
    func places(_ count: Int, of total: Int, start: Double, jump: Int) -> [Int] {
      // Of a filter that sees everything only the size is known; a smaller result lies in the middle.
      let first = field.isGlobal ? max(0, (total - count) / 2) : Int(start.rounded(.down))
      let step = field.isGlobal ? 1 : jump
      return (0..<count).map { min(max(first + $0 * step, 0), total - 1) }
    }
    let rows = places(
      shape.height, of: opacity.shape.height, start: field.start.y, jump: field.jump.height)
    let columns = places(
      shape.width, of: opacity.shape.width, start: field.start.x, jump: field.jump.width)
    return Tensor(planes: [rows.map { y in columns.map { x in opacity[0, 0, y, x] } }])
  }
}

/// Reads the rows that each band needs, in order; those that two bands need are read once.
private final class BandReader {
  private let reader: ImageReader
  private let bands: BandedNetwork
  private var previous: (rows: Range<Int>, image: RasterImage)?

  init(_ reader: ImageReader, _ bands: BandedNetwork) {
    self.reader = reader
    self.bands = bands
  }

  func read(for rows: Range<Int>) throws -> RasterImage {
    let needed = bands.inputRows(for: rows, height: reader.height)
    let end = reader.height - reader.rowsLeft
    let shared = previous.flatMap { previous in
      needed.lowerBound < end
        ? previous.image.rows(needed.lowerBound - previous.rows.lowerBound..<previous.image.height) : nil
    }
    let image =
      needed.upperBound > end
      ? try reader.readRows(needed.upperBound - end, below: shared)
      : shared
    guard let image else { preconditionFailure("no rows are left for a band") }
    previous = (needed, image)
    return image
  }
}
