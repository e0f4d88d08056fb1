import FeatureMap

/// What is counted while a picture is made; that of several bands is merged.
struct DisplayTally: Sendable {
  /// Of the values before they were shown.
  var values = ValueStatistics()
  /// How many values are cut off at either end.
  var above = 0
  var below = 0
  /// How many pixels have the colour of what is no number.
  var magenta = 0

  /// Whether there is anything below 0.
  var isSigned: Bool { (values.minimum ?? 0) < 0 }

  mutating func merge(_ other: DisplayTally) {
    values.merge(other.values)
    above += other.above
    below += other.below
    magenta += other.magenta
  }

  /// Counts what is cut off of shown values, sixteen at a time. Rounding of sums may pass 0 and 1 by less than
  /// anyone can see.
  mutating func count(_ shown: [Float]) {
    typealias Lanes = SIMD16<Float>
    let (lowest, highest): (Float, Float) = (-0.002, 1.002)
    var belows = SIMD16<Int32>.zero
    var aboves = SIMD16<Int32>.zero
    let vectorCount = shown.count / Lanes.scalarCount
    shown.withUnsafeBytes { bytes in
      for i in 0..<vectorCount {
        let lanes = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Lanes>.size, as: Lanes.self)
        belows.replace(with: belows &+ 1, where: lanes .< lowest)
        aboves.replace(with: aboves &+ 1, where: lanes .> highest)
      }
    }
    let rest = shown[(vectorCount * Lanes.scalarCount)...]
    below += Int(belows.wrappedSum()) + rest.count { $0 < lowest }
    above += Int(aboves.wrappedSum()) + rest.count { $0 > highest }
  }
}
