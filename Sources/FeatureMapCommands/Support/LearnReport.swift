import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What `learn` found, for printing and for the kernel's file.
struct LearnReport {
  struct Pair {
    let before: String
    let after: String
  }

  let name: String
  let pairs: [Pair]
  let learning: KernelLearning
  let exact: LeastSquaresKernel
  /// The kernel that is given: the exact one, or what gradient descent came to.
  let kernel: LearnedKernel
  /// Whether the exact kernel was corrected for what JPEG did.
  let undoneJPEG: Bool
  let steps: [DescentStep]
  let learningRate: Double?
  let fit: KernelFit
  /// In the order of the systems and their weights.
  let standardErrors: [[Double?]]
  let files: [String]

  /// Losses below this part of the one without a kernel are rounding.
  static let rounding = 1e-24

  var isExact: Bool { fit.squaredErrors.reduce(0, +) < Self.rounding * exact.startLoss }
  var size: Extent { learning.kernelSize }
  var skipped: Int { learning.systems.reduce(0) { $0 + $1.skipped * $1.moments.count } }
  /// The share of what varies in the pictures after that the kernel explains; `nil` where nothing varies.
  var explained: Double? {
    let all = learning.systems.reduce(0) { sum, system in
      sum + system.moments.indices.reduce(0) { $0 + system.variation(output: $1) }
    }
    return all > 0 ? 1 - fit.squaredErrors.reduce(0, +) / all : nil
  }
  /// The peak signal-to-noise ratio for values 0...1, in dB.
  var peakSignalToNoise: Double {
    fit.rootMeanSquare > 0 ? -20 * log10(fit.rootMeanSquare) : .infinity
  }

  /// `3x3, one for all colours`
  var kind: String {
    let shape = kernel.weight.shape
    switch learning.sharing {
    case .shared:
      return "\(size)" + ((learning.channels?.before ?? 1) > 1 ? ", one for all channels" : "")
    case .each: return "\(size), one for each of \(shape.batch) channels"
    case .mixed: return "\(size), \(shape.channels) channels to \(shape.batch)"
    }
  }

  // MARK: Text

  var text: String {
    var lines = pairs.map { "\($0.before) -> \($0.after)" }
    lines[lines.count - 1] += ": \(grouped(fit.count)) values count"
    if skipped > 0 { lines[lines.count - 1] += ", \(grouped(skipped)) do not (cut off, or no numbers)" }
    if let learningRate {
      lines.append(
        "gradient descent, learning rate \(formatted(learningRate, significantDigits: 4)) "
          + "(best \(formatted(exact.bestLearningRate, significantDigits: 4)), "
          + "must be below \(formatted(exact.learningRateLimit, significantDigits: 4)))")
      for step in steps { lines.append("step \(step.step)  loss \(lossText(step.loss))") }
      lines.append("least possible loss \(lossText(exact.endLoss, rounding: 1e-13))")
    } else {
      lines.append(
        "least squares: loss \(lossText(exact.startLoss)) with all weights 0, \(lossText(fit.squaredErrors.reduce(0, +))) with this kernel"
      )
    }
    lines += ["", "kernel \(kind)"] + matrices
    if let bias = kernel.bias { lines.append("bias " + bias.map(number).joined(separator: "  ")) }
    lines += ["", fitText, determination] + warnings
    if !files.isEmpty { lines.append(files.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }

  /// Zero for what double precision cannot tell from it: rounding, not error.
  private func lossText(_ loss: Double, rounding: Double = Self.rounding) -> String {
    loss < rounding * exact.startLoss ? "0" : formatted(loss, significantDigits: 5)
  }

  /// Four digits after the point, more for small weights.
  private var digits: Int {
    var largest = kernel.weight.values.map { abs($0) }.max() ?? 1
    var digits = 4
    while largest < 0.1 && largest > 0 && digits < 9 {
      largest *= 10
      digits += 1
    }
    return digits
  }

  private func number(_ value: Double) -> String { formatted(value, fractionDigits: digits) }

  /// The rows of every kernel; `?` marks weights that the pictures do not determine.
  private var matrices: [String] {
    let shape = kernel.weight.shape
    var lines: [String] = []
    let channels = learning.channels?.before ?? 1
    if learning.sharing == .mixed && size == .one {
      return table((0..<shape.batch).map { o in (0..<shape.channels).map { cell(o, $0, 0, 0) } })
    }
    for output in 0..<shape.batch {
      for input in 0..<shape.channels {
        if learning.sharing == .each && input != output { continue }
        if learning.sharing == .each && channels > 1 { lines.append("channel \(output)") }
        if learning.sharing == .mixed { lines.append("\(output) <- \(input)") }
        lines += table(
          (0..<size.height).map { i in (0..<size.width).map { cell(output, input, i, $0) } })
      }
    }
    return lines
  }

  private func cell(_ output: Int, _ input: Int, _ i: Int, _ j: Int) -> String {
    number(kernel.weight[output, input, i, j]) + (isDetermined(output, input, i, j) ? "" : "?")
  }

  private func table(_ cells: [[String]]) -> [String] {
    let width = cells.joined().map(\.count).max() ?? 0
    return cells.map { row in
      "  " + row.map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: "  ")
    }
  }

  private func isDetermined(_ output: Int, _ input: Int, _ i: Int, _ j: Int) -> Bool {
    let place = i * size.width + j + (learning.sharing == .mixed ? input * size.count : 0)
    let system = learning.sharing == .each ? output : 0
    return exact.solutions[system].inverseDiagonal[place] != nil
  }

  private var fitText: String {
    if isExact { return "fit: exact" }
    var text = "fit: RMS error \(formatted(fit.rootMeanSquare)), "
    text +=
      "PSNR \(peakSignalToNoise.isFinite ? formatted(peakSignalToNoise, fractionDigits: 1) : "inf") dB (peak 1)"
    if let explained { text += ", \(shareText(explained)) of the variation explained" }
    return text
  }

  /// Never `100 %` for less.
  private func shareText(_ share: Double) -> String {
    if share >= 1 { return "100 %" }
    let digits = (1..<6).first {
      formatted(share * 100, fractionDigits: $0) != formatted(100, fractionDigits: $0)
    }
    return percent(share, digits: digits ?? 6)
  }

  private var determination: String {
    let errors = standardErrors.joined().compactMap { $0 }
    var text =
      exact.isDetermined
      ? "determined: all \(exact.unknowns) numbers, condition number \(formatted(exact.conditionNumber)), "
        + "smallest eigenvalue \(formatted(exact.smallestEigenvalue))"
      : "NOT DETERMINED: the pictures tell \(exact.rank) of \(exact.unknowns) numbers"
    if learningRate == nil, !isExact, let low = errors.min(), let high = errors.max() {
      let (low, high) = (formatted(low, significantDigits: 2), formatted(high, significantDigits: 2))
      text += "; standard errors \(low == high || high == "0" ? high : "\(low) to \(high)")"
    }
    return text
  }

  private var warnings: [String] {
    var lines: [String] = []
    if !exact.isDetermined {
      let method = learningRate == nil ? "shown is the kernel of least size" : "shown is where the steps led"
      lines.append(
        "  Other weights at the places marked ? do the same to these pictures; \(method).\n"
          + "  Pictures with more detail, or several pairs, tell more.")
    }
    if learningRate == nil, let explained, explained < 0.9 {
      lines.append(
        "  No one kernel of this size makes one picture from the other: the filter is larger, not linear (such as\n"
          + "  sizes of negative values: apply --signed offset keeps signs), or the pictures are shifted.")
    }
    if undoneJPEG {
      lines.append("  What JPEG did to the kernel was taken back; the standard errors are those before.")
    } else if pairs.contains(where: { ["jpg", "jpeg"].contains(fileExtension(of: $0.after)) }) {
      lines.append(
        "  JPEG leaves out fine detail, so this kernel is weaker than the filter was, by more than the standard\n"
          + "  errors say; --gray avoids its coarser colours, --undo-jpeg takes most of it back.")
    }
    return lines
  }
}
