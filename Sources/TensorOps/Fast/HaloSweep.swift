import TensorCore

// Unsafe pointers in this file: rows of a plane are read within the plane, whose size is the tensor's; scratch
// rows are as long as the tile they are made for needs.

/// The way of a filter's window over all planes of a tensor: in bands of rows that are dealt to the threads, and
/// within a band in tiles whose rows stay in the cache.
///
/// Tiles inside the picture point to the picture itself. Only where a window reaches beyond the left or right
/// border are its rows copied, enlarged by what the border mode puts there; rows above and below are other rows
/// of the picture, or a row of zeros. The tiles depend on the sizes alone, not on the number of threads.
struct HaloSweep {
  /// [N, C, H, W] of what is read.
  let input: Shape
  /// Of all results: the input's without the margin that a window without a border leaves.
  let output: Shape
  private let window: Extent
  private let border: BorderMode?
  private let edges: Edges
  private let strips: [Strip]

  /// Columns of results.
  private struct Strip {
    let columns: Range<Int>
    /// Where the values of its rows come from: `nil` is a zero. Empty where they lie in the picture as they are.
    let sources: [Int?]
  }

  /// - Throws: `OperationError.windowTooLarge` when there is no border and the window does not fit.
  init(_ input: Shape, window: Extent, border: BorderMode?) throws {
    self.input = input
    self.window = window
    self.border = border
    edges = border == nil ? .zero : CorrelationOptions.samePadding(kernel: window)
    let plane = try CorrelationOptions(padding: edges).outputShape(
      input: Shape(channels: 1, height: input.height, width: input.width),
      weight: Shape(channels: 1, height: window.height, width: window.width))
    output = Shape(batch: input.batch, channels: input.channels, height: plane.height, width: plane.width)
    strips = Self.strips(input.width, plane.width, window, edges, border)
  }

  /// Whether the results are so many that no cache holds them until they are read: writing past the caches then
  /// costs nothing later, and saves reading every cache line before it is written.
  var outgrowsCaches: Bool { output.count > Self.cachedResults }

  /// Calls `body` with tiles that together hold every result once, on several threads.
  ///
  /// - Parameter input: of the shape that the sweep was made for.
  func forEachTile(of input: Tensor, _ body: @Sendable (HaloTile) -> Void) {
    precondition(input.shape == self.input, "a sweep over \(self.input) was given \(input.shape)")
    withPointer(input.values) { forEachTile(of: SharedInput($0), body) }
  }

  private func forEachTile(of planes: SharedInput<Float>, _ body: @Sendable (HaloTile) -> Void) {
    let rowsOfBand = max(Self.bandRows, window.height)
    let bands = (output.height + rowsOfBand - 1) / rowsOfBand
    parallelFor(input.batch * input.channels * bands) { index in
      let (plane, band) = index.quotientAndRemainder(dividingBy: bands)
      let first = band * rowsOfBand
      visitBand(
        planes.base + plane * input.planeCount, rows: first..<min(first + rowsOfBand, output.height),
        place: plane * output.planeCount, body)
    }
  }

  /// The tiles of the results `rows` of one plane, whose results begin at `place`.
  private func visitBand(
    _ plane: UnsafePointer<Float>, rows: Range<Int>, place: Int, _ body: (HaloTile) -> Void
  ) {
    let count = rows.count + window.height - 1
    let sources = (0..<count).map { index in
      let row = rows.lowerBound - edges.top + index
      return (border.map { $0.source(row, count: input.height) } ?? row).map { plane + $0 * input.width }
    }
    let zeroLength = sources.contains(nil) ? longest { $0.sources.isEmpty } : 0
    let copyLength = longest { !$0.sources.isEmpty }
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: count) { pointers in
      guard let list = pointers.baseAddress else { return }
      withScratch(zeroLength + count * copyLength) { zeros in
        zeros.update(repeating: 0, count: zeroLength)
        for strip in strips {
          for (index, source) in sources.enumerated() {
            if strip.sources.isEmpty {
              list[index] = source.map { $0 + strip.columns.lowerBound - edges.left } ?? UnsafePointer(zeros)
            } else {
              let line = zeros + zeroLength + index * copyLength
              Self.gather(source, strip.sources, into: line)
              list[index] = UnsafePointer(line)
            }
          }
          body(
            HaloTile(
              rows: UnsafePointer(list), extent: Extent(height: rows.count, width: strip.columns.count),
              place: place + rows.lowerBound * output.width + strip.columns.lowerBound,
              rowLength: output.width))
        }
      }
    }
  }

  /// The length of the longest row that tiles of some of the strips read; 0 where there are none.
  private func longest(where isIncluded: (Strip) -> Bool) -> Int {
    strips.filter(isIncluded).map { $0.columns.count + window.width - 1 }.max() ?? 0
  }

  /// One row of a strip that reaches over a border.
  private static func gather(
    _ row: UnsafePointer<Float>?, _ sources: [Int?], into line: UnsafeMutablePointer<Float>
  ) {
    guard let row else { return line.update(repeating: 0, count: sources.count) }
    for place in 0..<sources.count { line[place] = sources[place].map { row[$0] } ?? 0 }
  }
}

extension HaloSweep {
  /// Rows of results in a band, or the height of a taller window: enough for the rows around a band, which the
  /// next one reads again, to weigh little.
  private static let bandRows = 48

  /// Floats of a result that may still be in a cache when it is read: 64 MiB.
  private static let cachedResults = 1 << 24

  /// Floats of the rows that a window moving along a strip reads and writes: 512 KiB, half of a second cache.
  private static let stripBudget = 1 << 17

  /// Narrow strips where windows reach over the left and right border, and between them strips of which as many
  /// rows as a window needs stay in the second cache. A narrow picture is a single strip.
  private static func strips(
    _ width: Int, _ outputWidth: Int, _ window: Extent, _ edges: Edges, _ border: BorderMode?
  ) -> [Strip] {
    func copied(_ columns: Range<Int>) -> Strip {
      Strip(
        columns: columns,
        sources: (columns.lowerBound..<columns.upperBound + window.width - 1).map { column in
          border.flatMap { $0.source(column - edges.left, count: width) }
        })
    }
    let left = wholeVectors(edges.left)
    let right = wholeVectors(edges.right)
    if edges.horizontal > 0, outputWidth < left + right + 64 { return [copied(0..<outputWidth)] }
    let inside = left..<outputWidth - right
    let widest = max(512, 2 * window.width, Self.stripBudget / (window.height + 8))
    let count = (inside.count + widest - 1) / widest
    var strips = (0..<count).map { index in
      Strip(
        columns: left + inside.count * index / count..<left + inside.count * (index + 1) / count, sources: [])
    }
    if left > 0 { strips.insert(copied(0..<left), at: 0) }
    if right > 0 { strips.append(copied(inside.upperBound..<outputWidth)) }
    return strips
  }
}

/// `count` rounded up to whole vectors of every instruction set, which also are whole cache lines.
func wholeVectors(_ count: Int) -> Int { (count + 15) / 16 * 16 }
