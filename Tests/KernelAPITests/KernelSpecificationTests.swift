import KernelAPI
import Testing

@Suite("Kernels and chains as users write them")
struct KernelSpecificationTests {
  @Test("a name alone, with spaces around it")
  func name() throws {
    let kernel = try KernelSpecification(parsing: " sobel ")
    #expect(kernel.source == .name("sobel"))
    #expect(kernel.settings == [])
    #expect(kernel.text == " sobel ")
  }

  @Test("settings follow the name, in their order")
  func settings() throws {
    let kernel = try KernelSpecification(parsing: "gaussian:sigma=1.4:border=zero")
    #expect(kernel.source == .name("gaussian"))
    #expect(kernel.settings == [.init("sigma", "1.4"), .init("border", "zero")])
    let spaced = try KernelSpecification(parsing: "gaussian: sigma = 1.4 ")
    #expect(spaced.settings == [.init("sigma", "1.4")])
  }

  @Test(
    "paths are files, with settings behind them",
    arguments: [
      ("./learned.json", "./learned.json", 0), ("learned.json", "learned.json", 0),
      ("a/b.safetensors:layer=2", "a/b.safetensors", 1), ("C:/x.json:border=zero", "C:/x.json", 1),
      ("/kernels/a:b.txt:border=zero:scale=2", "/kernels/a:b.txt", 2), ("k.mat", "k.mat", 0),
    ])
  func files(text: String, path: String, settings: Int) throws {
    let kernel = try KernelSpecification(parsing: text)
    #expect(kernel.source == .file(path))
    #expect(kernel.settings.count == settings)
  }

  @Test("numbers are a matrix")
  func matrix() throws {
    #expect(try KernelSpecification(parsing: "-1,0,1;-2,0,2;-1,0,1").rows?[1] == [-2, 0, 2])
    #expect(try KernelSpecification(parsing: "3x1: 1/4,1/2,1/4").rows == [[0.25, 0.5, 0.25]])
    #expect(try KernelSpecification(parsing: "1x1: 2").rows == [[2]])
  }

  @Test("the first colon of a source's kernel belongs to its name")
  func sources() throws {
    let plain = try KernelSpecification(parsing: "frei0r:edgeglow")
    #expect(plain.source == .name("frei0r:edgeglow") && plain.settings.isEmpty)
    let kernels = try KernelSpecification.chain("frei0r:3dflippo:x=0.5:y=no,sobel|frei0r:test_pat_B, box")
    #expect(
      kernels.map(\.source) == [
        .name("frei0r:3dflippo"), .name("sobel"), .name("frei0r:test_pat_B"), .name("box"),
      ])
    #expect(kernels[0].settings == [.init("x", "0.5"), .init("y", "no")])
    for text in ["frei0r:edgeglow:lthresh", "frei0r:a:b:c=1", "other:edgeglow"] {
      #expect(throws: KernelError.self) { try KernelSpecification(parsing: text) }
    }
  }

  @Test(
    "what is no kernel is told",
    arguments: [
      ("", "the name of a kernel is missing"), ("  ", "the name of a kernel is missing"),
      (":sigma=1", "the name of a kernel is missing"),
      ("gaussian:sigma", "settings are written as name=value, such as gaussian:sigma=1.4"),
      ("2", "one number is no kernel; a kernel of one weight is written 1x1: 2"),
      ("gaussian:", "settings are written as name=value, such as gaussian:sigma=1.4"),
    ])
  func problems(text: String, problem: String) {
    #expect(throws: KernelError.syntax(text, problem: problem)) { try KernelSpecification(parsing: text) }
  }

  @Test("a chain is read from left to right, by commas and bars")
  func chain() throws {
    let kernels = try KernelSpecification.chain("gaussian:sigma=2, sobel|./k.json:border=zero")
    #expect(kernels.map(\.source) == [.name("gaussian"), .name("sobel"), .file("./k.json")])
    #expect(kernels[0].settings == [.init("sigma", "2")])
    #expect(kernels[2].settings == [.init("border", "zero")])
    #expect(try KernelSpecification.chain("sobel").count == 1)
  }

  @Test(
    "commas inside a matrix belong to it",
    arguments: [
      ("gaussian,-1,0,1;-2,0,2;-1,0,1", 2, 1), ("-1,0,1;-2,0,2;-1,0,1,sobel", 2, 0),
      ("sobel,3x3: -1,0,1 -2,0,2 -1,0,1,box", 3, 1), ("sobel,3x3: -1,0,1,-2,0,2,-1,0,1", 2, 1),
      ("box|-1,0,1;-2,0,2;-1,0,1|1,2;3,4", 3, 1), ("1x1: 1,3x3: -1,0,1 -2,0,2 -1,0,1", 2, 1),
    ])
  func matrixInChain(text: String, count: Int, place: Int) throws {
    let kernels = try KernelSpecification.chain(text)
    #expect(kernels.count == count)
    #expect(kernels[place].rows == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
  }

  @Test(
    "places that do not count belong to ImageMagick's matrix in a chain as well",
    arguments: ["3x3: -,1,- 1,1,1 -,1,-", "3x3: nan,1,nan 1,1,1 nan,1,nan", "3x3: -,1,-,1,1,1,-,1,-"])
  func holesInChain(text: String) throws {
    let kernels = try KernelSpecification.chain("box," + text + ",sobel")
    #expect(kernels.count == 3)
    try #require(kernels.count > 1)
    #expect(kernels[1].rows == [[0, 1, 0], [1, 1, 1], [0, 1, 0]])
  }

  @Test("a hole is no part of a matrix without ImageMagick's size")
  func holeWithoutSize() throws {
    #expect(try KernelSpecification.chain("1,2,-").map(\.source).last == .name("-"))
  }

  @Test("nothing between two commas is an error", arguments: ["sobel,,box", ",sobel", "sobel,", "", "a||b"])
  func gaps(text: String) {
    #expect(throws: KernelError.syntax(text, problem: "a kernel is missing between two commas")) {
      try KernelSpecification.chain(text)
    }
  }
}
