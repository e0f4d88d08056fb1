import FeatureMap

/// The answer for one picture.
struct Classification: Sendable {
  struct Answer: Encodable {
    let label: String
    let index: Int
    let probability: Float

    private enum CodingKeys: String, CodingKey {
      case label, index, probability
    }

    /// Five digits of the probability: those that follow depend on the processor's order of adding.
    var rounded: Double {
      roundedByInteger ?? Double(formatted(probability, significantDigits: 5)) ?? Double(probability)
    }

    /// The same number without text, several times as fast; `nil` near the middle between two results, where the
    /// decimal digits decide, and for what is hardly anything.
    private var roundedByInteger: Double? {
      var scaled = Double(probability)
      guard scaled > 1e-12, scaled <= 1 else { return nil }
      // Whole powers of ten up to 1e22 are exact, so the quotient is the number nearest to the decimal one.
      var power = 1.0
      while scaled < 9999.95 {
        power *= 10
        scaled = Double(probability) * power
      }
      let below = scaled.rounded(.down)
      guard (scaled - below - 0.5).magnitude > 0.02 else { return nil }
      return scaled.rounded() / power
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(label, forKey: .label)
      try values.encode(index, forKey: .index)
      try values.encode(rounded, forKey: .probability)
    }
  }

  let file: String
  /// How the picture was brought to the network.
  let input: String
  /// Whether the answer should not be believed: the best class has little, or no garment was found.
  let isUnsure: Bool
  let top: [Answer]

  /// The least probability of the best class with which an answer counts as sure. Of the photos it was looked
  /// at on, most answers above were right and most below were wrong.
  static let surely: Float = 0.6

  /// As a line without its end: appended, because pictures come by the thousand.
  func append(to text: inout String) {
    text += file
    text += isUnsure ? ": unsure: " : ": "
    for (place, answer) in top.enumerated() {
      if place > 0 { text += ", " }
      text += answer.label
      text += " "
      text += percent(Double(answer.probability))
    }
    text += "  ("
    text += input
    text += ")"
  }

  /// The columns of `appendCSV`.
  static let csvHeader = "file,rank,label,index,probability,input,unsure"

  /// As a line of CSV with its end for each answer.
  func appendCSV(to text: inout String) {
    var (start, end) = ("", ",")
    appendCSVCell(file, to: &start)
    appendCSVCell(input, to: &end)
    end += isUnsure ? ",true\n" : ",false\n"
    for (place, answer) in top.enumerated() {
      text += start
      text += ",\(place + 1),"
      appendCSVCell(answer.label, to: &text)
      text += ",\(answer.index),"
      text += formatted(Double(answer.probability), fractionDigits: 6)
      text += end
    }
  }
}
