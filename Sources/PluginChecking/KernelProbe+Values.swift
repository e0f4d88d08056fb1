import CFeatureMapPlugin

extension KernelProbe {
  /// Values that are no picture's.
  ///
  /// - Returns: whether the same input always gave the same output.
  func tryValues(_ instance: Instance, _ taken: Taken) -> Bool {
    var isDeterministic = true
    for values in Inputs.others(taken.input.count) {
      guard let first = run(instance, values, taken), let second = run(instance, values, taken) else {
        continue
      }
      if first != second {
        find(.notDeterministic, taken.input)
        isDeterministic = false
      }
    }
    return isDeterministic
  }

  /// Another instance with the same settings, made after the first has worked, gives the same; one does not
  /// disturb the other.
  func tryOtherInstance(_ instance: Instance, _ taken: Taken) {
    let values = Inputs.picture(taken.input.count)
    guard let before = run(instance, values, taken), let other = make() else { return }
    let others = outputShape(other, taken.input).flatMap { shape in
      shape == taken.output ? run(other, values, taken) : nil
    }
    if let others, others != before { find(.instancesDiffer, taken.input) }
    announce("destroy", taken.input)
    other.destroy()
    if let after = run(instance, values, taken), after != before { find(.instancesDisturb, taken.input) }
  }
}
