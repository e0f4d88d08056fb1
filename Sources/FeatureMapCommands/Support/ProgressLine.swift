import Dispatch

/// A line on the terminal that is written over while long work goes on; nothing where there is no terminal.
struct ProgressLine {
  private let start = DispatchTime.now().uptimeNanoseconds
  private var shownAt: UInt64 = 0
  private let isShown = Console.showsProgress

  /// Shows a text made of the seconds since the start, at most ten times a second.
  ///
  /// - Parameter isLast: shown in any case.
  mutating func show(isLast: Bool, _ text: (Double) -> String) {
    let now = DispatchTime.now().uptimeNanoseconds
    guard isShown, now - shownAt > 100_000_000 || isLast else { return }
    shownAt = now
    // A longer line would wrap, and its first part stay.
    Console.progress("\r\u{1B}[K" + text(max(Double(now - start) * 1e-9, 1e-9)).prefix(Console.width - 1))
  }

  func clear() {
    if isShown { Console.progress("\r\u{1B}[K") }
  }

  /// `[#####---------------]` for a quarter; shorter on a narrow terminal.
  static func bar(_ done: Int, of total: Int) -> String {
    let length = Console.width < 90 ? 10 : 20
    let filled = done * length / max(total, 1)
    return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: length - filled) + "]"
  }

  /// `42 s`, `3:05` or `1:02:03`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(), 360_000))
    if whole < 60 { return "\(whole) s" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }
}
