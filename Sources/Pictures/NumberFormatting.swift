/// The number rounded to `significantDigits`, without trailing zeros: `-0.81`, `1.42`, `12346`, `8.1e-05`.
///
/// From 0.0001 up to a million plain digits are written, beyond that an exponent; digits before the decimal
/// point are never replaced by zeros. The decimal digits that identify the value are rounded half away from zero.
package func formatted(_ value: Float, significantDigits: Int = 3) -> String {
  format(Decimal(value), significantDigits: significantDigits, special: special(value))
}

/// The same for double precision.
package func formatted(_ value: Double, significantDigits: Int = 3) -> String {
  format(Decimal(value), significantDigits: significantDigits, special: special(value))
}

/// The number with exactly `fractionDigits` digits after the decimal point: `0.9800`, `-1.50`.
package func formatted(_ value: Double, fractionDigits: Int) -> String {
  if let special = special(value) { return special }
  if let text = plainByInteger(value, fractionDigits: fractionDigits) { return text }
  var decimal = Decimal(value)
  decimal.round(toFractionDigits: fractionDigits)
  return decimal.plain(fractionDigits: fractionDigits)
}

/// The same by a whole number, several times as fast; `nil` where the value is so close to the middle between two
/// results that its decimal digits decide, and for large numbers and many digits.
private func plainByInteger(_ value: Double, fractionDigits: Int) -> String? {
  guard (1...9).contains(fractionDigits) else { return nil }
  let unit = (0..<fractionDigits).reduce(1) { power, _ in power * 10 }
  // Off by less than 1e-6 below 1e9.
  let scaled = value.magnitude * Double(unit)
  guard scaled < 1e9 else { return nil }
  let below = Int(scaled)
  let rest = scaled - Double(below)
  guard (rest - 0.5).magnitude > 1e-6 else { return nil }
  let rounded = rest > 0.5 ? below + 1 : below
  // The fraction's leading zeros follow a 1, which is left out.
  let fraction = "\(unit + rounded % unit)".utf8.dropFirst()
  return "\(value < 0 && rounded > 0 ? "-" : "")\(rounded / unit).\(Substring(fraction))"
}

/// The digits after the point with which values that lie close together are told apart: there are ten steps or
/// more from the smallest to the largest, at most six digits.
///
/// - Returns: 0 where all are equal, or so nearly that the difference is one of rounding.
package func digitsTellingApart(_ values: [Double]) -> Int {
  guard let low = values.min(), let high = values.max(), high - low > 1e-5 * max(abs(low), abs(high)) else {
    return 0
  }
  var digits = 0
  var steps = high - low
  while steps < 9.999, digits < 6 {
    steps *= 10
    digits += 1
  }
  return digits
}

/// The fewest significant digits, at least three, with which two different numbers look different.
package func significantDigits(telling low: Float, from high: Float) -> Int {
  (3..<9).first { digits in
    formatted(low, significantDigits: digits) != formatted(high, significantDigits: digits)
  } ?? 9
}

private func special<Value: BinaryFloatingPoint>(_ value: Value) -> String? {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-inf" : "inf" }
  return nil
}

private func format(_ number: Decimal, significantDigits: Int, special: String?) -> String {
  if let special { return special }
  if number.digits.isEmpty { return "0" }
  var decimal = number
  let kept = max(1, significantDigits)
  let magnitude = decimal.exponent
  if (0..<6).contains(magnitude) {
    decimal.round(toFractionDigits: max(0, kept - 1 - magnitude))
  } else {
    decimal.round(toDigits: kept)
  }
  decimal.dropTrailingZeros()
  if (-4..<6).contains(decimal.exponent) {
    return decimal.plain(fractionDigits: max(0, decimal.digits.count - 1 - decimal.exponent))
  }
  return decimal.scientific()
}

/// A number as decimal digits: d.ddd * 10^exponent.
private struct Decimal {
  var isNegative: Bool
  /// The first digit is not 0, except for the number 0, which has no digits.
  var digits: [Int] = []
  /// The power of ten of the first digit.
  var exponent: Int = 0

  /// The shortest digits that identify `value` among the numbers of its type.
  init<Value: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Value) {
    isNegative = value < 0
    guard value.isFinite, value != 0 else { return }
    let parts = String(value.magnitude).split(separator: "e")
    exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    var seenPoint = false
    for character in parts[0] {
      guard let digit = character.wholeNumberValue else {
        seenPoint = true
        continue
      }
      if digits.isEmpty && digit == 0 {
        exponent -= seenPoint ? 1 : 0
      } else {
        exponent += !seenPoint && !digits.isEmpty ? 1 : 0
        digits.append(digit)
      }
    }
    // "0.05": the zero before the point has been skipped, the first digit is one place further right.
    if value.magnitude < 1 && parts.count == 1 { exponent -= 1 }
    dropTrailingZeros()
  }

  mutating func round(toFractionDigits count: Int) {
    round(toDigits: exponent + 1 + count)
  }

  mutating func round(toDigits count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      return
    }
    let up = digits[count] >= 5
    digits.removeSubrange(count...)
    if up { increment(from: count) }
  }

  /// Adds one to the last of `count` digits and carries.
  private mutating func increment(from count: Int) {
    var position = count - 1
    while position >= 0 && digits[position] == 9 {
      digits[position] = 0
      position -= 1
    }
    if position >= 0 {
      digits[position] += 1
    } else {
      digits.insert(1, at: 0)
      exponent += 1
    }
  }

  mutating func dropTrailingZeros() {
    while digits.last == 0 { digits.removeLast() }
  }

  /// The digit of 10^power.
  private func digit(_ power: Int) -> String {
    let index = exponent - power
    return digits.indices.contains(index) ? String(digits[index]) : "0"
  }

  func plain(fractionDigits: Int) -> String {
    let top = digits.isEmpty ? 0 : max(0, exponent)
    let whole = (0...top).reversed().map(digit).joined()
    let fraction = fractionDigits > 0 ? "." + (1...fractionDigits).map { digit(-$0) }.joined() : ""
    return (isNegative && !digits.isEmpty ? "-" : "") + whole + fraction
  }

  func scientific() -> String {
    let fraction = digits.count > 1 ? "." + digits.dropFirst().map(String.init).joined() : ""
    let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
    return "\(isNegative ? "-" : "")\(digits[0])\(fraction)e\(exponent < 0 ? "-" : "+")\(power)"
  }
}
