#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A colour as lightness 0...100 and two opponent axes, in which distances are about what people see; the
/// fourth place is 0.
typealias LabColor = SIMD4<Float>

/// Of a colour in sRGB, 0...1 in the first three places, under its white point D65. Source: CIE 15:2004; IEC
/// 61966-2-1.
func labColor(sRGB color: SIMD4<Float>) -> LabColor {
  let r = linear(color.x)
  let g = linear(color.y)
  let b = linear(color.z)
  let x = labCurve((0.412_453 * r + 0.357_580 * g + 0.180_423 * b) / 0.950_456)
  let y = labCurve(0.212_671 * r + 0.715_160 * g + 0.072_169 * b)
  let z = labCurve((0.019_334 * r + 0.119_193 * g + 0.950_227 * b) / 1.088_754)
  return LabColor(116 * y - 16, 500 * (x - y), 200 * (y - z), 0)
}

private func linear(_ value: Float) -> Float {
  value <= 0.04045 ? value / 12.92 : powf((value + 0.055) / 1.055, 2.4)
}

private func labCurve(_ value: Float) -> Float {
  value > 0.008_856 ? cbrtf(value) : 7.787 * value + 16 / 116
}

extension SIMD4<Float> {
  /// The square of the Euclidean length.
  var squaredLength: Float { (self * self).total }

  /// `sum()`, which debug builds take much longer for.
  var total: Float { x + y + z + w }
}
