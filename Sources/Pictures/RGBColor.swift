#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A colour of 8-bit sRGB samples.
public struct RGBColor: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.init(red: red, green: green, blue: blue)
  }

  public static let white = RGBColor(255, 255, 255)
  public static let black = RGBColor(0, 0, 0)

  /// The colour between this one and `other`; `amount` 0 gives this one, 1 the other.
  package func mixed(with other: RGBColor, amount: Float) -> RGBColor {
    let share = amount < 0 ? 0 : amount > 1 ? 1 : amount
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      // Rounded: cutting off costs less than a call of the C library, as `rounded()` is.
      UInt8(Float(a) + (Float(b) - Float(a)) * share + 0.5)
    }
    return RGBColor(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }

  /// The relative luminance, 0 of black to 1 of white.
  ///
  /// Source: W3C, "Web Content Accessibility Guidelines 2.2", relative luminance.
  package var relativeLuminance: Float {
    0.2126 * Self.linear[Int(red)] + 0.7152 * Self.linear[Int(green)] + 0.0722 * Self.linear[Int(blue)]
  }

  /// How well text of this colour is read on `other`, or the other way round: 1 not at all, 21 as black on white.
  ///
  /// Source: W3C, "Web Content Accessibility Guidelines 2.2", contrast ratio.
  package func contrast(with other: RGBColor) -> Float {
    let (a, b) = (relativeLuminance, other.relativeLuminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Black or white, whichever is easier to read on this colour.
  package var contrastingText: RGBColor {
    contrast(with: .white) > contrast(with: .black) ? .white : .black
  }

  /// The light that a sample of sRGB stands for, 0...1.
  private static let linear: [Float] = (0..<256).map { sample in
    let share = Double(sample) / 255
    return Float(share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4))
  }
}

/// The colours of everything on a sheet that is not data.
enum Palette {
  static let paper = RGBColor(246, 245, 241)
  static let ink = RGBColor(32, 33, 36)
  static let mutedInk = RGBColor(96, 98, 102)
  static let frame = RGBColor(196, 195, 190)
  static let gridLine = RGBColor(225, 224, 219)
  /// A map without any difference that a scale could show.
  static let constant = RGBColor(205, 204, 200)
  /// NaN and infinities: in none of the colour maps.
  static let notFinite = RGBColor(255, 0, 255)
  /// The lines of charts, distinguishable with every kind of colour vision: Okabe and Ito, "Color Universal
  /// Design", 2008, the light yellow left out.
  static let series = [
    RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167),
    RGBColor(86, 180, 233), RGBColor(230, 159, 0), RGBColor(32, 33, 36),
  ]
}
