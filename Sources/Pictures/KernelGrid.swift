import ImageCodecs
import TensorCore

/// The kernels of a layer side by side: brown for negative, white for zero, blue-green for positive weights.
///
/// The colours (BrBG) differ from those of feature maps, so that nobody takes weights for activations. With one
/// input the captions say `ch 0`, with several `0 <- 1`: output 0 from input 1; a row holds all inputs of an
/// output or all outputs of an input, whichever are more. The weights are written into their cells where they
/// fit. Kernels of size 1x1 become one matrix, a row for each output. Of more than `maximumTiles` kernels the
/// first outputs and inputs are drawn, and the picture says so.
public struct KernelGrid: Sendable {
  /// What stands above the grid, such as `conv1.weight  6x1x5x5`.
  public var title: String
  /// The weights: shape [outputs, inputs, kernel height, kernel width].
  public var weights: Tensor
  /// `each`: every kernel by itself; `layer`, `block` and `all`: one range; `fixed`: as given.
  public var scale: ValueScale
  /// The number of kernels in a row; `nil` chooses.
  public var columns: Int?
  /// The space around each kernel, in pixels.
  public var padding: Int
  /// How many pixels one weight becomes in each direction; `nil` chooses.
  public var zoom: Int?
  public var maximumTiles: Int
  /// Other weights that the range covers as well, such as those of the other frames of an animation.
  public var sharedValues: ValueStatistics?

  public init(
    title: String, weights: Tensor, scale: ValueScale = .layer, columns: Int? = nil, padding: Int = 2,
    zoom: Int? = nil, maximumTiles: Int = 512, sharedValues: ValueStatistics? = nil
  ) {
    self.title = title
    self.weights = weights
    self.scale = scale
    self.columns = columns
    self.padding = max(0, padding)
    self.zoom = zoom
    self.maximumTiles = max(1, maximumTiles)
    self.sharedValues = sharedValues
  }

  /// Draws the grid; the channels of the result are the kernels drawn, in the order of the weights.
  public func render() -> GridResult {
    let shown = shownWeights()
    let shape = shown.shape
    let isMatrix = shape.planeCount == 1 && shape.batch * shape.channels > 1
    let kernels = shown.reshaped(
      isMatrix
        ? Shape(channels: 1, height: shape.batch, width: shape.channels)
        : Shape(channels: shape.batch * shape.channels, height: shape.height, width: shape.width))
    let layer = LayerColoring(maps: kernels, scale: scale, colorMap: .brBG, sharedValues: sharedValues)
    let tiles = KernelTiles(
      kernels: kernels, layer: layer, captions: captions(shape, layer, isMatrix: isMatrix),
      order: order(shape, kernels.shape.channels),
      columns: columns ?? (shape.channels > 1 && !isMatrix ? max(shape.batch, shape.channels) : nil),
      padding: padding, zoom: zoom)
    var notes = layer.footer
    if isMatrix { notes.append("a row for each output, a column for each input") }
    if shape != weights.shape {
      notes.append(
        "the first \(shape.batch) of \(weights.shape.batch) outputs, "
          + "the first \(shape.channels) of \(weights.shape.channels) inputs")
    }
    return GridResult(
      image: tiles.render(title: title, footer: notes), range: layer.range, scaleText: layer.scaleText,
      channels: layer.channels)
  }

  /// Kernel o * inputs + i at place o * inputs + i, or, for more outputs than inputs, at i * outputs + o.
  private func order(_ shape: Shape, _ count: Int) -> [Int] {
    guard columns == nil, shape.channels > 1, shape.batch > shape.channels, count > 1 else {
      return Array(0..<count)
    }
    return (0..<count).map { $0 % shape.batch * shape.channels + $0 / shape.batch }
  }

  private func captions(_ shape: Shape, _ layer: LayerColoring, isMatrix: Bool) -> [[String]] {
    layer.channels.enumerated().map { index, statistics in
      if isMatrix { return [] }
      var lines: [String] = []
      if shape.channels > 1 {
        lines = ["\(index / shape.channels) <- \(index % shape.channels)"]
      } else if shape.batch > 1 {
        lines = ["ch \(index)"]
      }
      if scale == .each { lines.append(statistics.rangeText) }
      if let note = statistics.notFiniteNote { lines.append(note) }
      return lines
    }
  }

  /// The weights, or as many first inputs and outputs as may be drawn.
  private func shownWeights() -> Tensor {
    let shape = weights.shape
    guard shape.planeCount > 1, shape.batch * shape.channels > maximumTiles else { return weights }
    var inputs = shape.channels
    // Few of either at first: at most 16 inputs, unless there are hardly any outputs.
    if shape.batch * min(16, inputs) > maximumTiles || shape.batch > 16 { inputs = min(16, inputs) }
    inputs = min(inputs, maximumTiles)
    let outputs = max(1, min(shape.batch, maximumTiles / inputs))
    return weights.examples(0..<outputs).channels(Array(0..<inputs))
  }
}
