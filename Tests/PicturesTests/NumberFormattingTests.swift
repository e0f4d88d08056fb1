import Foundation
import TensorCore
import Testing

@testable import Pictures

@Suite("Numbers as text")
struct NumberFormattingTests {
  @Test(
    "three significant digits, without trailing zeros",
    arguments: [
      (-0.81, "-0.81"), (1.4159, "1.42"), (0.5, "0.5"), (2, "2"), (0, "0"), (-0.0, "0"), (0.9996, "1"),
      (0.285, "0.285"), (12.345, "12.3"), (99.96, "100"), (1234.5, "1235"), (999_999.6, "1e+06"),
      (123_456, "123456"), (1_234_567, "1.23e+06"), (0.00012345, "0.000123"), (0.000012345, "1.23e-05"),
      (-0.099951, "-0.1"), (1e-30, "1e-30"), (3.4028e38, "3.4e+38"), (100, "100"), (1_000_000, "1e+06"),
    ] as [(Float, String)])
  func significant(value: Float, text: String) {
    #expect(formatted(value) == text)
  }

  @Test("the number of digits can be chosen")
  func digits() {
    #expect(formatted(Float(3.14159), significantDigits: 1) == "3")
    #expect(formatted(Float(3.14159), significantDigits: 5) == "3.1416")
    #expect(formatted(2.0 / 3, significantDigits: 8) == "0.66666667")
  }

  @Test("what is no number is named")
  func special() {
    #expect(formatted(Float.nan) == "NaN")
    #expect(formatted(Float.infinity) == "inf")
    #expect(formatted(-Double.infinity, fractionDigits: 2) == "-inf")
  }

  @Test(
    "a fixed number of digits after the point",
    arguments: [
      (0.98, 4, "0.9800"), (-1.5, 2, "-1.50"), (2.345, 2, "2.35"), (0.004, 2, "0.00"), (-0.004, 2, "0.00"),
      (0.995, 2, "1.00"), (9.999, 2, "10.00"), (1234.5678, 1, "1234.6"), (7, 0, "7"), (0.5, 0, "1"),
      (0.05, 1, "0.1"), (1e-9, 3, "0.000"), (1e7, 1, "10000000.0"), (99.96, 1, "100.0"), (0, 2, "0.00"),
    ])
  func fixed(value: Double, digits: Int, text: String) {
    #expect(formatted(value, fractionDigits: digits) == text)
  }

  @Test("digits by whole numbers are those of the decimal digits", arguments: 1...9)
  func fixedAgrees(digits: Int) {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<2000 {
      let value = Double(generator.index(below: 1 << 40)) * .pi * 1e-10 - 100
      let expected = String(format: "%.\(digits)f", value)
      let isZero = expected.allSatisfy { "-0.".contains($0) }
      #expect(
        formatted(value, fractionDigits: digits) == (isZero ? String(expected.drop { $0 == "-" }) : expected))
    }
  }

  @Test("digits tell close numbers apart by ten steps")
  func apart() {
    #expect(digitsTellingApart([0.5, 0.6]) == 2)
    #expect(digitsTellingApart([0, 10]) == 0 && digitsTellingApart([0, 1]) == 1)
    #expect(digitsTellingApart([0.28125, 0.28131]) == 6)
    #expect(digitsTellingApart([0, 1e-9]) == 6)
    #expect(digitsTellingApart([2, 2]) == 0 && digitsTellingApart([]) == 0)
    #expect(digitsTellingApart([1, 1.000001]) == 0)
  }

  @Test("the text is never further from the number than half of its last digit")
  func nearest() throws {
    for i in 1...2000 {
      let value = Double(i * i * i) * 1.7e-7
      let text = formatted(value, significantDigits: 4)
      let read = try #require(Double(text))
      #expect(abs(read - value) <= 0.0005001 * value, "\(value) became \(text)")
    }
  }
}
