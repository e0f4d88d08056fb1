import Dispatch
import FeatureMap

/// A line on the terminal that shows where a training is; nothing where there is no terminal.
struct TrainingBar {
  private let epochs: Int
  private let pictures: Int
  private let start = DispatchTime.now().uptimeNanoseconds
  private var shownAt: UInt64 = 0
  /// Pictures of this epoch that were done before, where a training goes on.
  private var already: Int?
  private let isShown = Console.showsProgress

  init(epochs: Int, pictures: Int) {
    self.epochs = epochs
    self.pictures = pictures
  }

  mutating func show(_ progress: Trainer.Progress) {
    let before = already ?? 0
    if already == nil { already = progress.step == 1 ? 0 : progress.examples }
    let now = DispatchTime.now().uptimeNanoseconds
    guard isShown, now - shownAt > 100_000_000 || progress.step == progress.steps else { return }
    shownAt = now
    let filled = progress.step * 20 / max(progress.steps, 1)
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
    let rate = Double(progress.examples - before) / max(Double(now - start) * 1e-9, 1e-9)
    let left = pictures * (epochs - progress.epoch + 1) - progress.examples
    Console.progress(
      "\r\u{1B}[Kepoch \(progress.epoch)/\(epochs) [\(bar)] loss "
        + "\(formatted(progress.loss, fractionDigits: 4)) train "
        + "\(formatted(progress.accuracy, fractionDigits: 4)) \(grouped(Int(rate)))/s "
        + "\(duration(Double(left) / max(rate, 1))) left")
  }

  func clear() {
    if isShown { Console.progress("\r\u{1B}[K") }
  }

  /// `42 s`, `3:05` or `1:02:03`.
  private func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(), 360_000))
    if whole < 60 { return "\(whole) s" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }
}
