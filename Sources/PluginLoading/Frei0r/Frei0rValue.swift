/// The value of a parameter of a frei0r library, of one of the five types.
enum Frei0rValue: Sendable, Equatable {
  case flag(Bool)
  case number(Double)
  /// Red, green, blue, each 0...1.
  case color(SIMD3<Float>)
  /// From the upper left, 1 is the whole width or height.
  case position(x: Double, y: Double)
  case text(String)
}

extension Frei0rValue {
  /// `#rrggbb`; of a color.
  static func colorText(_ color: SIMD3<Float>) -> String {
    let hex = (0..<3).map { channel in
      let text = String(frameByte(color[channel]), radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return "#" + hex.joined()
  }

  /// The color of `#rrggbb`, with or without the sign; `nil` for another text.
  static func color(_ text: String) -> SIMD3<Float>? {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
    else { return nil }
    return SIMD3(Float(value >> 16), Float(value >> 8 & 0xff), Float(value & 0xff)) / 255
  }
}

/// A value of 0...1 as one of 256 steps; what lies outside is cut off, and 0 stands for what is no number.
func frameByte(_ value: Float) -> UInt8 {
  guard value > 0 else { return 0 }
  return value < 1 ? UInt8((value * 255).rounded()) : 255
}
