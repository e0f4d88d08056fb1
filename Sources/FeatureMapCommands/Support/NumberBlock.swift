import FeatureMap

/// Numbers in rows under a word.
struct NumberBlock {
  let lines: [String]
  let width: Int

  /// - Parameters:
  ///   - virtual: numbers to be put in brackets.
  ///   - marked: the one with a star.
  init(_ title: String, _ values: [Float], _ columns: Int, virtual: [Bool] = [], marked: Int? = nil) {
    let digits = NumberBlock.fractionDigits(values)
    let cells = values.enumerated().map { index, value -> String in
      var text = value.isFinite ? formatted(Double(value), fractionDigits: digits) : formatted(value)
      if marked == index { text = "*" + text }
      return virtual.indices.contains(index) && virtual[index] ? "(\(text))" : text
    }
    let hasBrackets = virtual.contains(true)
    let aligned = cells.map { $0.hasSuffix(")") || !hasBrackets ? $0 : $0 + " " }
    let cellWidth = aligned.map(\.count).max() ?? 1
    let rows = stride(from: 0, to: aligned.count, by: max(1, columns)).map { start in
      aligned[start..<start + columns].map { String(repeating: " ", count: cellWidth - $0.count) + $0 }
        .joined(separator: " ")
    }
    let width = max(title.count, rows.first?.count ?? 0)
    self.width = width
    lines = ([title] + rows).map { $0 + String(repeating: " ", count: width - $0.count) }
  }

  /// As many digits after the point as give the largest number three that count, or more where that tells numbers
  /// apart that lie close together.
  static func fractionDigits(_ values: [Float]) -> Int {
    var largest = values.filter(\.isFinite).map { abs($0) }.max() ?? 0
    if values.allSatisfy({ $0 == $0.rounded() && abs($0) < 1000 }) { return 0 }
    var digits = 2
    while largest < 1 && largest > 0 && digits < 6 {
      largest *= 10
      digits += 1
    }
    while largest >= 10 && digits > 0 {
      largest /= 10
      digits -= 1
    }
    return max(digits, digitsTellingApart(values.filter(\.isFinite).map { Double($0) }))
  }
}
