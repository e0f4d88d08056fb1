import FeatureMap

/// A line on the terminal that shows where a training is.
struct TrainingBar {
  private let epochs: Int
  private let pictures: Int
  private var line = ProgressLine()
  /// Pictures of this epoch that were done before, where a training goes on.
  private var already: Int?

  init(epochs: Int, pictures: Int) {
    self.epochs = epochs
    self.pictures = pictures
  }

  mutating func show(_ progress: Trainer.Progress) {
    let before = already ?? 0
    if already == nil { already = progress.step == 1 ? 0 : progress.examples }
    let (epochs, pictures) = (epochs, pictures)
    line.show(isLast: progress.step == progress.steps) { seconds in
      let rate = Double(progress.examples - before) / seconds
      let left = pictures * (epochs - progress.epoch + 1) - progress.examples
      return "epoch \(progress.epoch)/\(epochs) \(ProgressLine.bar(progress.step, of: progress.steps)) loss "
        + "\(formatted(progress.loss, fractionDigits: 4)) train "
        + "\(formatted(progress.accuracy, fractionDigits: 4)) \(grouped(Int(rate)))/s "
        + "\(ProgressLine.duration(Double(left) / max(rate, 1))) left"
    }
  }

  func clear() { line.clear() }
}
