import KernelAPI
import Testing

@Suite("Parameters")
struct ParameterTests {
  private let kernel = KernelDescriptor(
    name: "blur", summary: "for tests",
    parameters: [
      ParameterDescriptor("size", .integer(default: 3, in: 1...31), unit: "px", "side"),
      ParameterDescriptor("sigma", .number(default: 1.5, in: 0.1...10), unit: "px", "width"),
      ParameterDescriptor("border", .choice(default: "zero", of: ["zero", "reflect"]), "beyond"),
      ParameterDescriptor("normalise", .flag(default: true), "sum of 1"),
      ParameterDescriptor("label", .text(default: "none"), "anything"),
    ])

  private func values(_ settings: (String, String)...) throws -> ParameterValues {
    try ParameterValues(settings.map { .init($0.0, $0.1) }, for: kernel)
  }

  @Test("what is not given has its default")
  func defaults() throws {
    let values = try values()
    #expect(values.integer("size") == 3)
    #expect(values.number("sigma") == 1.5)
    #expect(values.text("border") == "zero")
    #expect(values.flag("normalise"))
    #expect(values.text("label") == "none")
  }

  @Test("what is given is read by its kind, up to both bounds")
  func given() throws {
    let values = try values(
      ("size", "31"), ("sigma", "1e-1"), ("border", "reflect"), ("normalise", "no"), ("label", ""))
    #expect(values.integer("size") == 31)
    #expect(values.number("sigma") == 0.1)
    #expect(values.text("border") == "reflect")
    #expect(!values.flag("normalise"))
    #expect(values.text("label") == "")
    #expect(try self.values(("size", "1")).integer("size") == 1)
    #expect(try self.values(("sigma", "10")).number("sigma") == 10)
  }

  @Test("flags have several words", arguments: ["yes", "true", "on", "1"], [true, false])
  func flags(word: String, value: Bool) throws {
    let opposite = ["yes": "no", "true": "false", "on": "off", "1": "0"]
    let text = value ? word : try #require(opposite[word])
    #expect(try values(("normalise", text)).flag("normalise") == value)
  }

  @Test(
    "values out of range or of another kind are refused, with what is accepted",
    arguments: [
      ("size", "0", "1...31"), ("size", "32", "1...31"), ("size", "3.0", "1...31"), ("size", "", "1...31"),
      ("size", "99999999999999999999", "1...31"), ("sigma", "0.05", "0.1...10"),
      ("sigma", "10.5", "0.1...10"), ("sigma", "nan", "0.1...10"), ("sigma", "inf", "0.1...10"),
      ("sigma", "1,5", "0.1...10"), ("border", "wrap", "zero|reflect"), ("border", "Zero", "zero|reflect"),
      ("normalise", "maybe", "yes|no"),
    ])
  func refused(name: String, value: String, accepted: String) {
    let expected = KernelError.parameterValue(
      value, parameter: name, kernel: "blur", accepted: accepted)
    #expect(throws: expected) { try values((name, value)) }
    #expect("\(expected)" == "blur: \(name)=\(value) is not accepted; expected \(accepted)")
  }

  @Test("an unknown parameter is told with the nearest one and all there are")
  func unknown() {
    #expect(
      message { try values(("sigam", "2")) }
        == "blur has no parameter 'sigam'; did you mean 'sigma'? It takes: size, sigma, border, normalise, label"
    )
    #expect(
      message { try values(("zzz", "2")) }
        == "blur has no parameter 'zzz'; it takes: size, sigma, border, normalise, label")
    let plain = KernelDescriptor(name: "sobel", summary: "for tests")
    #expect(
      message { try ParameterValues([.init("size", "3")], for: plain) }
        == "sobel has no parameter 'size': it takes none")
  }

  @Test("a parameter given twice is refused, even with one value")
  func twice() {
    let expected = KernelError.repeatedParameter("size", kernel: "blur")
    #expect(throws: expected) { try values(("size", "3"), ("size", "3")) }
    #expect("\(expected)" == "blur: parameter 'size' is given twice")
  }

  @Test("kinds write their ranges and defaults as a user would")
  func texts() {
    #expect(
      kernel.parameters.map(\.kind.accepted) == ["1...31", "0.1...10", "zero|reflect", "yes|no", "text"])
    #expect(kernel.parameters.map(\.kind.defaultText) == ["3", "1.5", "zero", "yes", "none"])
    #expect(ParameterKind.number(default: 2, in: -1...4).defaultText == "2")
    #expect(ParameterKind.flag(default: false).defaultText == "no")
  }
}
