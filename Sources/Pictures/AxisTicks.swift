/// Round numbers for an axis: steps of 1, 2 or 5 times a power of ten.
struct AxisTicks: Sendable, Equatable {
  let lower: Double
  let upper: Double
  let step: Double
  let count: Int

  /// Covers low...high with about `wanted` steps, none smaller than 1 where `whole`.
  init(low: Double, high: Double, wanted: Int, whole: Bool = false) {
    let span = high > low ? high - low : max(abs(low), 1)
    var power = 1.0
    while power * 10 <= span / Double(wanted) { power *= 10 }
    while power > span / Double(wanted) { power /= 10 }
    let rough = span / Double(wanted) / power
    // A little more than 5 through rounding still counts as 5.
    let fine = power * (rough <= 1.0001 ? 1 : rough <= 2.0001 ? 2 : rough <= 5.0001 ? 5 : 10)
    step = whole ? max(1, fine) : fine
    let first = (low / step + 1e-9).rounded(.down)
    let last = ((high > low ? high : low + span) / step - 1e-9).rounded(.up)
    lower = first * step
    upper = last * step
    count = Int(last - first) + 1
  }

  var values: [Double] { (0..<count).map { lower + Double($0) * step } }

  /// The values as text with as many digits after the point as the step has.
  var labels: [String] {
    var digits = 0
    var unit = step
    while digits < 9 && abs(unit - unit.rounded()) > 1e-6 * max(1, unit) {
      unit *= 10
      digits += 1
    }
    return values.map { abs($0) < step / 2 ? "0" : label($0, digits) }
  }

  private func label(_ value: Double, _ digits: Int) -> String {
    step >= 1e7 || step < 1e-7 ? formatted(value) : formatted(value, fractionDigits: digits)
  }

  /// Where `value` lies between the first and the last tick, 0...1.
  func position(_ value: Double) -> Double { (value - lower) / (upper - lower) }
}
