import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Panel {
  /// Whether cells are large enough for numbers that tell the values apart.
  var isReadable: Bool {
    isNumbered && zoom.enlargement >= 16 && zoom.reduction == 1 && numberScaling.tellsApart
  }

  /// The title, and what the numbers in the cells are to be multiplied by where that is not 1.
  var heading: String {
    isReadable && numberScaling.exponent != 0 ? "\(title), in 1e\(numberScaling.exponent)" : title
  }

  /// The heading, and what stands beneath the picture.
  var lines: [String] {
    let note = zoom.reduction > 1 ? ["shrunk to 1/\(zoom.reduction): a pixel is a mean"] : []
    return [heading] + captions + note
  }

  /// How the numbers of the cells that are shown are written.
  var numberScaling: NumberScaling {
    var numbers: [Float] = []
    for row in shown.rows.clamped(to: 0..<values.shape.height) {
      for column in shown.columns.clamped(to: 0..<values.shape.width) {
        numbers.append(values[0, 0, row, column])
      }
    }
    return NumberScaling(numbers, width: zoom.enlargement - 3)
  }
}

/// One way of writing all numbers of a table: with the same digits after the point, and a power of ten taken out
/// where they would be too small or too large to be read.
struct NumberScaling: Equatable {
  /// The power of ten.
  let exponent: Int
  let fractionDigits: Int
  /// Whether values that differ do not all look the same.
  let tellsApart: Bool

  /// - Parameter width: of a cell, in pixels.
  init(_ values: [Float], width: Int) {
    let finite = values.filter(\.isFinite)
    let largest = finite.reduce(0) { max($0, abs($1)) }
    let magnitude = largest > 0 ? Int(floor(log10(Double(largest)))) : 0
    let exponent = (-1...3).contains(magnitude) ? 0 : magnitude
    self.exponent = exponent
    let scaled = finite.map { Double($0) * pow(10, Double(-exponent)) }
    func fits(_ digits: Int) -> Bool {
      scaled.allSatisfy { TextSize.width(formatted($0, fractionDigits: digits), scale: 1) <= width }
    }
    let needed = digitsTellingApart(scaled)
    let isWhole = scaled.allSatisfy { $0 == $0.rounded() }
    let digits = isWhole ? 0 : stride(from: max(3, needed), to: 0, by: -1).first(where: fits) ?? 0
    fractionDigits = digits
    let texts = Set(scaled.map { formatted($0, fractionDigits: digits) })
    tellsApart = needed == 0 || texts.count > 1
  }

  /// The side of a cell in which all digits fit that tell the values apart, in pixels.
  static func cellSize(_ values: [Float], least: Int, most: Int) -> Int {
    let wide = NumberScaling(values, width: .max)
    let texts = values.map { wide.text($0, width: .max) ?? "" }
    let widest = texts.map { TextSize.width($0, scale: 1) }.max() ?? 0
    // With three digits, as usual, numbers that do not fit have fewer.
    return wide.fractionDigits <= 3 ? least : min(max(least, widest + 8), most)
  }

  /// A number of the table; `nil` where it does not fit.
  func text(_ value: Float, width: Int) -> String? {
    let text =
      value.isFinite
      ? formatted(Double(value) * pow(10, Double(-exponent)), fractionDigits: fractionDigits)
      : formatted(value)
    return TextSize.width(text, scale: 1) <= width ? text : nil
  }
}
