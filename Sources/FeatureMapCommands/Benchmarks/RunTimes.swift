/// How long the runs of a benchmark took, in seconds.
struct RunTimes: Encodable, Sendable {
  let runs: Int
  let median: Double
  let minimum: Double
  let maximum: Double
  let lowerQuartile: Double
  let upperQuartile: Double

  /// - Precondition: there is a run.
  init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "a benchmark without a run")
    let sorted = seconds.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
    runs = sorted.count
    median = quantile(0.5)
    minimum = quantile(0)
    maximum = quantile(1)
    lowerQuartile = quantile(0.25)
    upperQuartile = quantile(0.75)
  }

  /// Half of the runs lie within this share of the median.
  var spread: Double { (upperQuartile - lowerQuartile) / median }

  /// Times `repeats` calls of `body` after `warmUps` that do not count.
  static func measure(repeats: Int, warmUps: Int = 1, _ body: () throws -> Void) rethrows -> RunTimes {
    for _ in 0..<warmUps { try body() }
    var seconds: [Double] = []
    for _ in 0..<max(1, repeats) { seconds.append(try secondsOf(body)) }
    return RunTimes(seconds)
  }
}

/// How long a call takes.
func secondsOf(_ body: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(body)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// `12.3 ms`: three digits and a unit that fits.
func timeText(_ seconds: Double) -> String {
  let units: [(Double, String)] = [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")]
  let (size, name) = units.first { seconds >= $0.0 } ?? (1e-9, "ns")
  return "\(threeDigits(seconds / size)) \(name)"
}
