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

  /// Black or white, whichever is easier to read on this colour (W3C's relative luminance).
  package var contrastingText: RGBColor {
    func linear(_ sample: UInt8) -> Float {
      let s = Float(sample) / 255
      // s^2.2, near enough to choose between two colours: 0.8 s^2 + 0.2 s^3.
      return s * s * (0.8 + 0.2 * s)
    }
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    return luminance > 0.18 ? .black : .white
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
