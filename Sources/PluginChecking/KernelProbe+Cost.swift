import CFeatureMapPlugin
import CPluginProbe

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension KernelProbe {
  /// Whether memory grows with the calls.
  func tryMemory(_ instance: Instance, _ taken: Taken) {
    let values = Inputs.picture(taken.input.count)
    let byRun = growth(announced: ("run", taken.input)) {
      _ = instance.run(values, taken.input, output: taken.output, atEnd: true)
    }
    if let byRun { find(.keepsMemory(bytes: byRun, "call of run()"), taken.input) }
    let byInstance = growth(announced: ("create and destroy", nil)) {
      Instance.make(table, settings).instance?.destroy()
    }
    if let byInstance { find(.keepsMemory(bytes: byInstance, "kernel made and destroyed")) }
  }

  /// The bytes that stay allocated after each call, `nil` for none: growth in three rounds, one after the other, is no
  /// cache that fills.
  private func growth(announced call: (function: String, input: fmp_shape?), _ body: () -> Void) -> Int? {
    let (rounds, calls) = (3, 50)
    func announced() {
      announce(call.function, call.input)
      body()
    }
    for _ in 0..<calls { announced() }
    var least = Int.max
    for _ in 0..<rounds {
      announced()
      let before = Int(fm_heap_in_use())
      for _ in 0..<calls { announced() }
      least = min(least, (Int(fm_heap_in_use()) - before) / calls)
    }
    return least >= 8 ? least : nil
  }

  /// The time of one call, for the largest common picture that is taken and does not take too long.
  func measure(_ instance: Instance, _ taken: [Taken]) {
    let clock = ContinuousClock()
    var times: [CallTime] = []
    for (channels, height, width) in [
      (3, 60, 80), (3, 120, 160), (3, 480, 640), (1, 60, 80), (1, 120, 160), (1, 480, 640), (1, 28, 28),
    ] {
      let shape = fmp_shape(channels: UInt32(channels), height: UInt32(height), width: UInt32(width))
      if CallTime.expected(after: times, values: Double(shape.count)) > 2 { break }
      guard let output = outputShape(instance, shape) else { continue }
      let values = Inputs.picture(shape.count)
      var best = Double.infinity
      for _ in 0..<3 {
        announce("run", shape)
        let time = clock.measure {
          _ = instance.run(values, shape, output: output, atEnd: true)
        }
        best = min(best, time / .milliseconds(1))
        if best > 500 { break }
      }
      times.append(CallTime(values: Double(shape.count), seconds: best / 1000))
      found(timing: shape, milliseconds: best)
      if height == 480 { break }
    }
  }
}

/// How long a call took.
private struct CallTime {
  let values: Double
  let seconds: Double

  /// Seconds for a larger input: the time grows as it did between the last two, or with the square of the size.
  static func expected(after times: [CallTime], values: Double) -> Double {
    guard let last = times.last, values > last.values else { return 0 }
    var power = 2.0
    if let before = times.dropLast().last, last.values > before.values, before.seconds > 0 {
      power = min(max(log(last.seconds / before.seconds) / log(last.values / before.values), 1), 2.5)
    }
    return last.seconds * pow(values / last.values, power)
  }
}
