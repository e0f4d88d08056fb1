import FeatureMap
import TestSupport
import Testing

@testable import FeatureMapCommands

extension SignedDisplay {
  /// A result shown as one band: the picture, and what is told of it.
  fileprivate func shown(_ values: Tensor, gain: Float?) -> (tensor: Tensor, notes: [String]) {
    let display = SettledDisplay(self, gain: gain, statistics: ValueStatistics(values))
    var tally = DisplayTally()
    let tensor = display.picture(of: values, tally: &tally)
    return (tensor, display.notes(tally, channels: values.shape.channels))
  }
}

@Suite("Signed values as pictures")
struct SignedDisplayTests {
  private let values = Tensor(rows: [[-0.5, 0, 0.25, 2]])

  @Test("abs shows sizes, and says what is cut")
  func sizes() {
    let shown = SignedDisplay.abs.shown(values, gain: 1)
    #expect(shown.tensor == Tensor(rows: [[0.5, 0, 0.25, 2]]))
    #expect(shown.notes == ["sizes shown", "25.0 % above 1 cut to white"])
    #expect(SignedDisplay.abs.shown(Tensor(rows: [[0, 1]]), gain: 1).notes == [])
  }

  @Test("offset puts zero at mid-grey and halves")
  func offset() {
    let shown = SignedDisplay.offset.shown(values, gain: 0.5)
    #expect(shown.tensor == Tensor(rows: [[0.375, 0.5, 0.5625, 1]]))
    #expect(shown.notes == ["0 shown as mid-grey", "times 0.5"])
  }

  @Test("keep changes nothing and says what is lost at both ends")
  func keep() {
    let shown = SignedDisplay.keep.shown(values, gain: 1)
    #expect(shown.tensor == values)
    #expect(shown.notes == ["25.0 % above 1 cut to white", "25.0 % below 0 cut to black"])
    let broken = SignedDisplay.keep.shown(Tensor(rows: [[.nan, 0.5]]), gain: 1)
    #expect(broken.notes == ["1 NaN shown as black"])
  }

  @Test("gain auto makes the largest value that is shown 1")
  func automaticGain() {
    let values = Tensor(rows: [[-4, 0, 2]])
    #expect(SignedDisplay.abs.shown(values, gain: nil).tensor == Tensor(rows: [[1, 0, 0.5]]))
    #expect(SignedDisplay.keep.shown(values, gain: nil).tensor == Tensor(rows: [[-2, 0, 1]]))
    #expect(SignedDisplay.abs.shown(values, gain: nil).notes == ["sizes shown", "times 0.25"])
    let black = Tensor(rows: [[0, 0]])
    #expect(SignedDisplay.abs.shown(black, gain: nil).tensor == black)
  }

  @Test("a dark result and a tiny share of cut values are told")
  func notes() {
    #expect(
      SignedDisplay.abs.shown(Tensor(rows: [[-0.1, 0.2]]), gain: 1).notes
        == ["sizes shown", "dark: --gain auto would brighten it"])
    var many = Tensor(shape: Shape(channels: 1, height: 50, width: 50), repeating: 0.5)
    many[0, 0, 3, 3] = 2
    #expect(SignedDisplay.keep.shown(many, gain: 1).notes == ["under 0.1 % above 1 cut to white"])
  }

  @Test(
    "auto keeps the values of filters that leave an even picture as it is, and shows sizes of all others",
    arguments: [
      ("0,-1,0;-1,5,-1;0,-1,0", SignedDisplay.keep), ("1/4,1/2,1/4", .keep), ("-1,0,1", .abs),
      ("0,1,0;1,-4,1;0,1,0", .abs), ("max-pool", .keep),
    ])
  func resolved(chain: String, expected: SignedDisplay) throws {
    let network = try Network(chain: chain, registry: try makeRegistry())
    #expect(SignedDisplay.auto.resolved(for: network, channels: 3) == expected)
    #expect(SignedDisplay.offset.resolved(for: network, channels: 3) == .offset)
  }

  @Test("color: zero is white, the largest size is at an end of the map, colours are averaged")
  func color() {
    let shown = SignedDisplay.color.shown(Tensor(rows: [[-2, 0, 2]]), gain: 1)
    #expect(shown.tensor.shape == Shape(channels: 3, height: 1, width: 3))
    func pixel(_ x: Int) -> [Float] { (0..<3).map { shown.tensor[0, $0, 0, x] } }
    #expect(pixel(1).allSatisfy { $0 > 0.95 })
    #expect(pixel(0)[2] > pixel(0)[0] + 0.2, "negative is blue")
    #expect(pixel(2)[0] > pixel(2)[2] + 0.2, "positive is red")
    #expect(shown.notes == ["blue -2 to red 2"])
    let three = SignedDisplay.color.shown(Tensor(planes: [[[3]], [[-3]], [[0]]]), gain: 1)
    #expect((0..<3).allSatisfy { three.tensor[0, $0, 0, 0] > 0.95 })
    #expect(three.notes == ["blue -3 to red 3, the mean of 3 colours"])
  }
}

@Suite("Tables and texts")
struct TextTests {
  @Test("columns are two apart and aligned, without blanks at the ends of lines")
  func table() {
    var table = TextTable([("name", .left), ("n", .right), ("note", .left)])
    table.rows = [["a", "1", "x"], ["longer", "1,000", ""]]
    #expect(table.text == "name        n  note\na           1  x\nlonger  1,000")
    #expect(TextTable([("a", .left), ("b", .right)]).text == "a  b")
  }

  @Test("numbers are grouped by thousands")
  func grouping() {
    #expect(
      [0, 12, 999, 1000, 61_706, 1_234_567].map(grouped) == [
        "0", "12", "999", "1,000", "61,706", "1,234,567",
      ])
    #expect([-1, -999, -1000, -123_456].map(grouped) == ["-1", "-999", "-1,000", "-123,456"])
  }

  @Test("shares become percentages")
  func percentages() {
    #expect(percent(0.9764) == "97.6 %")
    #expect(percent(1, digits: 2) == "100.00 %")
    #expect(percent(0.9995) == "100.0 %" && percent(-0.0004) == "0.0 %" && percent(.nan) == "NaN %")
    var generator = SplitMix64(seed: 1)
    for _ in 0..<2_000 {
      let share = Double(generator.unitFloat())
      #expect(percent(share) == formatted(share * 100, fractionDigits: 1) + " %", "\(share)")
    }
    for tenths in 0...999 {
      // In the middle between two tenths the digits decide.
      let share = (Double(tenths) + 0.5) / 1000
      #expect(percent(share) == formatted(share * 100, fractionDigits: 1) + " %", "\(share)")
    }
  }

  @Test("texts are broken between words, indented, paragraphs kept")
  func wrapping() {
    #expect(wrapped("one two three", width: 7) == "one two\nthree")
    #expect(wrapped("one two", width: 3, indent: "  ") == "  one\n  two")
    #expect(wrapped("unbreakable", width: 4) == "unbreakable")
    #expect(wrapped("a\n\nb", width: 10) == "a\n\nb")
  }

  @Test("cells of CSV are quoted where they must be")
  func csv() {
    #expect(csvLine(["a", "", "1.5"]) == "a,,1.5")
    #expect(
      csvLine(["a,b", "say \"x\"", "two\nlines", "cr\r\nlf"])
        == "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"cr\r\nlf\"")
    // All that Unicode ends lines with, and characters whose bytes are similar.
    for scalar in ["\n", "\u{B}", "\u{C}", "\r", "\u{85}", "\u{2028}", "\u{2029}"] {
      #expect(csvLine(["a\(scalar)", "b"]) == "\"a\(scalar)\",b")
    }
    for plain in ["\u{C5}", "\u{445}", "\u{2027}", "\u{202A}", "\u{5028}", "\u{8A9}", "\u{1F628}", "\t", "ä"]
    {
      #expect(csvLine([plain, plain]) == "\(plain),\(plain)")
    }
    // Programs read bytes: an accent behind them makes commas and quotes no other characters.
    #expect(csvLine(["a,\u{301}b", "\"\u{301}"]) == "\"a,\u{301}b\",\"\"\"\u{301}\"")
  }

  @Test("JSON has sorted keys and plain slashes")
  func jsonText() throws {
    #expect(try json(["b": "x/y", "a": "1"], pretty: false) == #"{"a":"1","b":"x/y"}"#)
  }

  @Test("a classification as text and CSV")
  func classification() {
    let result = Classification(
      file: "a,b.png", input: "28x28 as it is, inverted", isUnsure: false,
      top: [
        .init(label: "Bag", index: 8, probability: 0.75), .init(label: "Coat", index: 4, probability: 0.25),
      ])
    let doubted = Classification(
      file: "a.png", input: "x", isUnsure: true, top: [.init(label: "Bag", index: 8, probability: 0.5)])
    var text = ""
    result.append(to: &text)
    #expect(text == "a,b.png: Bag 75.0 %, Coat 25.0 %  (28x28 as it is, inverted)")
    text += "\n"
    doubted.append(to: &text)
    #expect(text.hasSuffix("inverted)\na.png: unsure: Bag 50.0 %  (x)"))
    text = ""
    doubted.appendCSV(to: &text)
    result.appendCSV(to: &text)
    #expect(
      text == """
        a.png,1,Bag,8,0.500000,x,true
        "a,b.png",1,Bag,8,0.750000,"28x28 as it is, inverted",false
        "a,b.png",2,Coat,4,0.250000,"28x28 as it is, inverted",false

        """)
  }

  @Test("classifications as JSON are the bytes that an encoder makes")
  func classificationJSON() throws {
    struct Oracle: Encodable {
      let file, input: String
      let top: [Classification.Answer]
      let unsure: Bool
    }
    let ascii = String(String.UnicodeScalarView((0 as UInt8..<128).map { UnicodeScalar($0) }))
    let results = [
      Classification(
        file: ascii + "é\u{85}\u{2028}😀", input: "\r\n", isUnsure: true,
        top: zip(["Bag", "T-shirt/top", "\""], [0.9874896, 1, 1.2345678e-9] as [Float]).map {
          .init(label: $0, index: 8, probability: $1)
        }),
      Classification(
        file: "a.png", input: "x", isUnsure: false, top: [.init(label: "Bag", index: 0, probability: 0)]),
    ]
    let oracles = results.map { Oracle(file: $0.file, input: $0.input, top: $0.top, unsure: $0.isUnsure) }
    var (list, lines) = (ClassificationOutput(.json), ClassificationOutput(.jsonl))
    for result in results {
      list.append(result)
      lines.append(result)
    }
    #expect("[\n\(list.text)\n]" == (try json(oracles, pretty: true)))
    #expect(lines.text == (try oracles.map { try json($0, pretty: false) + "\n" }.joined()))
  }
}

@Suite("What the commands know")
struct ModelTests {
  @Test("the built-in plugins fit together: no name twice, every descriptor complete, every default works")
  func registry() throws {
    let registry = try makeRegistry()
    #expect(registry.networks.map(\.name) == ["lenet", "lenet-relu"])
    for name in registry.names where name != KernelRegistry.fileKernelName {
      let factory = try registry.factory(named: name)
      #expect(!factory.descriptor.summary.isEmpty)
      let kernel = try factory.make()
      let picture = Tensor.random(Shape(channels: 1, height: 32, width: 32), in: 0...1, seed: 1)
      #expect(try kernel.outputShape(for: picture.shape) == kernel(picture).shape, "\(name)")
      #expect(PluginsCommand.description(factory.descriptor).hasPrefix("\(name): "))
    }
  }

  @Test("lenet-conv1 with a zero border gives the maps of the network's conv1")
  func leNetFirstLayer() throws {
    let registry = try makeRegistry()
    let network = try Model("lenet", registry: registry)
    #expect(network.isNetwork && network.className(9) == "Ankle boot" && network.className(10) == "class 10")
    let picture = Tensor.random(Shape(channels: 1, height: 28, width: 28), in: 0...1, seed: 1)
    let maps = try network.network.activations(of: ["conv1"], for: picture)[0].output
    let chain = try Model("lenet-conv1:border=zero", registry: registry)
    #expect(!chain.isNetwork)
    expectClose(try chain.network(picture), maps, tolerance: 1e-5)
  }

  @Test("a model is a network, a file of weights, or a chain; anything else is answered with both lists")
  func models() throws {
    let registry = try makeRegistry()
    let folder = try TemporaryFolder()
    let weights = try registry.network(named: "lenet").untrained(seed: 3).weights
    let path = folder("w.safetensors")
    try writeFile(try Safetensors(arrays: weights, metadata: ["seed": "3"]).encoded(), to: path)
    let model = try Model(path, registry: registry)
    #expect(model.network.weights == weights && model.metadata == ["seed": "3"])

    try writeFile(try Safetensors(arrays: Array(weights.dropLast())).encoded(), to: path)
    #expect(
      throws: NetworkError.weightsFile(
        path: path, problem: "no weights of lenet: weights 'fc3.bias': not in the file")
    ) { try Model(path, registry: registry) }
    let error = try #require(throws: KernelError.self) { try Model("lenett", registry: registry) }
    #expect("\(error)".hasPrefix("there is no network or kernel 'lenett'; did you mean 'lenet'"))
  }

  @Test("messages name what was got and what to do")
  func messages() {
    #expect(
      "\(CommandError.severalIntoOne(count: 2, what: "pictures", path: "x.png"))"
        == "2 pictures do not go into the one file x.png; name a folder (ending in /)")
    #expect(
      "\(CommandError.notANetwork("sobel", need: "classify"))"
        == "sobel is a chain of filters; classify needs a network with classes, such as lenet")
    #expect(
      "\(CommandError.noPictures(folder: "d"))" == "d holds no PNG or JPEG files; its subfolders are not read"
    )
    #expect(
      "\(CommandError.sameOutput("o/x.png", first: "a/x.png", second: "b/x.png"))"
        == "a/x.png and b/x.png would both be written to o/x.png; give each an output folder of its own")
  }

  @Test("probabilities in JSON have five digits, also small ones")
  func probabilities() throws {
    let top: [Classification.Answer] = [
      .init(label: "Bag", index: 8, probability: 0.9874896), .init(label: "Coat", index: 4, probability: 1),
      .init(label: "Shirt", index: 6, probability: 8.676657e-3),
      .init(label: "Dress", index: 3, probability: 1.2345678e-9),
    ]
    var generator = SplitMix64(seed: 5)
    for place in 0..<20_000 {
      var value = generator.uniform(0...1)
      for _ in 0..<place % 16 { value /= 10 }
      let expected = Double(formatted(value, significantDigits: 5))
      #expect(Classification.Answer(label: "", index: 0, probability: value).rounded == expected, "\(value)")
    }
    let text = try json(top, pretty: false)
    for number in ["0.98749", "1", "0.0086767", "1.2346e-09"] {
      #expect(text.contains("\"probability\":\(number)}"), "\(text)")
    }
  }
}
