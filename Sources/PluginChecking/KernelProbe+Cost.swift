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
    var last: (values: Double, seconds: Double)?
    for (channels, height, width) in [(3, 60, 80), (3, 480, 640), (1, 60, 80), (1, 480, 640), (1, 28, 28)] {
      let shape = fmp_shape(channels: UInt32(channels), height: UInt32(height), width: UInt32(width))
      // It may be that the time grows with the square of the size.
      if let last, last.seconds * max(1, pow(Double(shape.count) / last.values, 2)) > 2 { break }
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
      last = (Double(shape.count), best / 1000)
      found(timing: shape, milliseconds: best)
      if height == 480 { break }
    }
  }
}
