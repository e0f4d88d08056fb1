import KernelAPI
import TensorCore

/// A network of local filters that can work on a picture a band of rows at a time, with the same result.
///
/// A row of the result depends on the rows of the picture that are at most `reach` away. So a band is filtered
/// together with as many rows above and below, and these are cut off again: what the filters did there, taking
/// the band's edge for the picture's, is lost with them. At the picture's own edges there is nothing to cut.
public struct BandedNetwork: Sendable {
  public let network: Network
  /// How many rows above or below a row its result depends on.
  public let reach: Int

  /// The bands of a network for pictures of so many channels; `nil` for one that needs the whole picture.
  ///
  /// A `WholeInputKernel` needs it. The windows of all others must be small, move by single steps and keep the
  /// picture's size. What windows do not tell, such as a border that continues at the picture's other end, is found
  /// by trial: on a picture of noise, bands must give the very values of the whole.
  public init?(_ network: Network, channels: Int) {
    var reaches: [String: Int] = [Network.inputName: 0]
    for node in network.nodes {
      guard !(node.kernel is any WholeInputKernel), let reach = node.kernel.window.rowReach else {
        return nil
      }
      reaches[node.name] = reach + node.inputs.reduce(0) { max($0, reaches[$1] ?? 0) }
    }
    guard let last = network.nodes.last, let reach = reaches[last.name], reach <= Self.largestReach else {
      return nil
    }
    self.network = network
    self.reach = reach
    guard (try? passesTrial(channels: channels)) == true else { return nil }
  }

  /// Above this, bands would consist of little else than what is cut off.
  private static let largestReach = 512

  /// The rows of the picture that are needed for some rows of the result.
  public func inputRows(for rows: Range<Int>, height: Int) -> Range<Int> {
    max(rows.lowerBound - reach, 0)..<min(rows.upperBound + reach, height)
  }

  /// Rows `rows` of the result.
  ///
  /// - Parameters:
  ///   - band: the rows `inputRows(for: rows, height: height)` of the picture.
  ///   - height: of the whole picture.
  /// - Throws: as `Network`.
  public func callAsFunction(_ band: Tensor, rows: Range<Int>, height: Int) throws -> Tensor {
    let source = inputRows(for: rows, height: height)
    precondition(band.shape.height == source.count, "\(band.shape.height) rows; \(source.count) are needed")
    let result = try network(band)
    return result.rows(rows.lowerBound - source.lowerBound..<rows.upperBound - source.lowerBound)
  }

  /// Whether a picture of noise comes out the same in bands; it is high enough for a middle without edges.
  private func passesTrial(channels: Int) throws -> Bool {
    var generator = SplitMix64(seed: 1)
    let height = 4 * reach + 5
    let noise = Tensor(shape: Shape(channels: channels, height: height, width: 9)) { values in
      for i in values.indices { values[i] = generator.uniform(0...1) }
    }
    let whole = try network(noise)
    guard whole.shape.extent == noise.shape.extent else { return false }
    let size = reach + 2
    for first in stride(from: 0, to: height, by: size) {
      let rows = first..<min(first + size, height)
      let band = try self(noise.rows(inputRows(for: rows, height: height)), rows: rows, height: height)
      // By their bits, because NaN is not equal to itself.
      let expected = whole.rows(rows)
      guard band.shape == expected.shape,
        zip(band.values, expected.values).allSatisfy({ $0.bitPattern == $1.bitPattern })
      else { return false }
    }
    return true
  }
}

extension Window {
  /// How far up or down a window reaches that keeps a picture's height; `nil` for any other.
  fileprivate var rowReach: Int? {
    switch self {
    case .pointwise: return 0
    case .global: return nil
    case .local(let size, let stride, let offset, let dilation):
      let below = (size.height - 1) * dilation.height + offset.y
      guard stride == .one, offset.y <= 0, below >= 0 else { return nil }
      return max(-offset.y, below)
    }
  }
}

extension NumericTensor {
  /// Some rows of every plane.
  package func rows(_ range: Range<Int>) -> Self {
    if range == 0..<shape.height { return self }
    let goal = Shape(
      batch: shape.batch, channels: shape.channels, height: range.count, width: shape.width)
    return Self(shape: goal) { target in
      values.withUnsafeBufferPointer { source in
        // In bounds: rows of one plane lie behind each other.
        for plane in 0..<shape.batch * shape.channels {
          let from = plane * shape.planeCount + range.lowerBound * shape.width
          _ = UnsafeMutableBufferPointer(rebasing: target[(plane * goal.planeCount)...])
            .update(fromContentsOf: source[from..<from + goal.planeCount])
        }
      }
    }
  }
}
