#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The direction of (x, y) in radians, -pi...pi.
func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }

/// e^x
func exponential(_ x: Double) -> Double { exp(x) }
