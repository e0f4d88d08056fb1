import TensorCore

/// A plane smoothed, but not across the edges of another: He, Sun, Tang, "Guided Image Filtering", 2013.
///
/// - Parameters:
///   - radius: of the windows, in pixels.
///   - epsilon: variances of the guide far below it count as flat.
func guidedFilter(
  _ input: [Float], guide: [Float], extent: Extent, radius: Int, epsilon: Float
) -> [Float] {
  func mean(_ plane: [Float]) -> [Float] { boxMean(plane, extent: extent, radius: radius) }
  let guideMean = mean(guide)
  let inputMean = mean(input)
  let products = mean(zip(guide, input).map { $0 * $1 })
  let squares = mean(guide.map { $0 * $0 })
  var slopes = input
  var offsets = input
  for i in input.indices {
    let covariance = products[i] - guideMean[i] * inputMean[i]
    let variance = squares[i] - guideMean[i] * guideMean[i]
    slopes[i] = covariance / (variance + epsilon)
    offsets[i] = inputMean[i] - slopes[i] * guideMean[i]
  }
  let slope = mean(slopes)
  let offset = mean(offsets)
  return input.indices.map { slope[$0] * guide[$0] + offset[$0] }
}

/// The mean over the part of a square window that is inside the picture.
func boxMean(_ plane: [Float], extent: Extent, radius: Int) -> [Float] {
  let rows = lineMeans(
    plane, count: extent.width, stride: 1, lines: extent.height, step: extent.width, radius)
  return lineMeans(rows, count: extent.height, stride: extent.width, lines: extent.width, step: 1, radius)
}

/// The mean of the neighbours on `lines` lines of `count` values, which lie `stride` apart.
private func lineMeans(
  _ values: [Float], count: Int, stride: Int, lines: Int, step: Int, _ radius: Int
) -> [Float] {
  var result = values
  for line in 0..<lines {
    let start = line * step
    var sum: Float = 0
    var first = 0
    var end = 0
    for place in 0..<count {
      while end < min(place + radius + 1, count) {
        sum += values[start + end * stride]
        end += 1
      }
      while first < place - radius {
        sum -= values[start + first * stride]
        first += 1
      }
      result[start + place * stride] = sum / Float(end - first)
    }
  }
  return result
}
