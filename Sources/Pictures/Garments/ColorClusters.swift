#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A few colours that make up a set of pixels, each with its spread: a mixture of Gaussians with axes along
/// L, a and b, found by k-means.
struct ColorClusters {
  private struct Cluster {
    var center: LabColor
    var inverseVariance: LabColor
    /// What belongs to the colour itself: half the log of the variances, less the log of its share.
    var cost: Float
  }

  private var clusters: [Cluster]

  /// - Parameters:
  ///   - colors: at least one.
  ///   - floor: added to all variances, so that a flat colour does not stand against its own noise.
  init(of colors: [LabColor], count: Int, floor: Float) {
    // Enough to find a few colours, few enough to be quick.
    let colors = stride(from: 0, to: colors.count, by: max(1, colors.count / 4000)).map { colors[$0] }
    var centers = Self.distantColors(colors, count: count)
    var nearest = Self.nearest(colors, centers)
    for _ in 0..<8 {
      centers = Self.means(colors, nearest, centers)
      nearest = Self.nearest(colors, centers)
    }
    clusters = centers.indices.map { index in
      var squares = LabColor.zero
      var members: Float = 0
      for place in 0..<colors.count where nearest[place] == index {
        let difference = colors[place] - centers[index]
        squares += difference * difference
        members += 1
      }
      // Of three pixels no spread can be told.
      let spread = members > 3 ? squares / members : LabColor(25, 25, 25, 0)
      let variance = spread + LabColor(floor, floor, floor, 1)
      let logs = logf(variance.x) + logf(variance.y) + logf(variance.z)
      return Cluster(
        center: centers[index], inverseVariance: 1 / variance,
        cost: logs / 2 - logf(members / Float(colors.count) + 0.001))
    }
  }

  /// How unlike all the colours this one is: the negative log-likelihood under the likeliest of them.
  func unlikeness(_ color: LabColor) -> Float {
    var best = Float.infinity
    for cluster in clusters {
      let difference = color - cluster.center
      let unlikeness = (difference * difference * cluster.inverseVariance).total / 2 + cluster.cost
      if unlikeness < best { best = unlikeness }
    }
    return best
  }

  /// The mean, and then each time a colour that is far from all before; not the farthest, which may be an odd
  /// pixel.
  private static func distantColors(_ colors: [LabColor], count: Int) -> [LabColor] {
    var centers = [colors.reduce(.zero, +) / Float(max(colors.count, 1))]
    while centers.count < count {
      let distances = colors.map { color in
        centers.reduce(Float.infinity) {
          let distance = (color - $1).squaredLength
          return distance < $0 ? distance : $0
        }
      }
      let order = colors.indices.sorted {
        distances[$0] != distances[$1] ? distances[$0] < distances[$1] : $0 < $1
      }
      centers.append(colors[order[Int(Double(order.count - 1) * 0.98)]])
    }
    return centers
  }

  private static func nearest(_ colors: [LabColor], _ centers: [LabColor]) -> [Int] {
    colors.map { color in
      var best = 0
      var least = Float.infinity
      for index in 0..<centers.count {
        let distance = (color - centers[index]).squaredLength
        if distance < least { (best, least) = (index, distance) }
      }
      return best
    }
  }

  /// A centre that nothing is nearest to stays.
  private static func means(
    _ colors: [LabColor], _ nearest: [Int], _ centers: [LabColor]
  ) -> [LabColor] {
    var sums = [LabColor](repeating: .zero, count: centers.count)
    var counts = [Float](repeating: 0, count: centers.count)
    for i in 0..<colors.count {
      sums[nearest[i]] += colors[i]
      counts[nearest[i]] += 1
    }
    return centers.indices.map { counts[$0] > 0 ? sums[$0] / counts[$0] : centers[$0] }
  }
}
