import FeatureMap
import TestSupport
import Testing

/// The libraries of Debian's package frei0r-plugins.
enum Frei0rPackage {
  private static let folder = "/usr/lib/frei0r-1"

  static let names = Frei0rFilters(folders: [folder]).installed().flatMap(\.names)
  static var isInstalled: Bool { names.contains("invert0r") }
  static let comment: Comment = "the package frei0r-plugins is not installed"

  static func descriptor(_ name: String) throws -> KernelDescriptor {
    try Frei0rFilters(folders: [folder]).factory(named: name).descriptor
  }

  /// What a filter makes of a picture, in the steps of 8 bits.
  static func output(
    _ name: String, _ settings: [KernelSpecification.Setting] = [], of picture: Tensor
  ) throws -> [Int] {
    let kernel = try Frei0rFilters(folders: [folder]).factory(named: name).make(settings)
    let output = try kernel(picture)
    return steps(output)
  }

  static func steps(_ tensor: Tensor) -> [Int] { tensor.values.map { Int(($0 * 255).rounded()) } }
}

@Suite(
  "The filters of the package frei0r-plugins", .enabled(if: Frei0rPackage.isInstalled, Frei0rPackage.comment))
struct Frei0rPackageTests {
  /// 37x29 with sums and differences, of colours that are all different.
  private static let picture: Tensor = {
    var picture = Tensor(shape: Shape(channels: 3, height: 29, width: 37))
    for c in 0..<3 {
      for y in 0..<29 {
        for x in 0..<37 {
          let step = (7 * x + 5 * y + 80 * c + x * y % 11) % 256
          picture[0, c, y, x] = Float(step) / 255
        }
      }
    }
    return picture
  }()

  private static let mixers: Set = [
    "RGB", "addition", "addition_alpha", "alphaatop", "alphain", "alphainjection", "alphaout", "alphaover",
    "alphaxor",
    "blend", "burn", "cairoaffineblend", "cairoblend", "color_only", "composition", "darken", "difference",
    "divide",
    "dodge", "grain_extract", "grain_merge", "hardlight", "hue", "lighten", "multiply", "overlay",
    "saturation", "screen",
    "softlight", "subtract", "uvmap", "value", "xfade0r",
  ]

  @Test(
    "every one works on a small picture of odd sides, or is refused with a reason",
    arguments: Frei0rPackage.names)
  func each(name: String) throws {
    let folder = try TemporaryFolder()
    try writeFile(try encodePNG(try RasterImage(tensor: Self.picture)), to: folder("p.png"))
    let arguments = ["apply", "frei0r:\(name)", "p.png", "-o", "out.png"]
    let result = try Program.run(
      arguments, in: folder.path,
      environment: ["FREI0R_PATH": "", "FEATUREMAP_PLUGIN_PATH": "", "HOME": folder.path])
    if let reason = Frei0rFilters.refusal(name) {
      #expect(result.errors.contains(reason) && result.status == 1)
    } else if Self.mixers.contains(name) {
      #expect(
        result.errors.hasSuffix("pictures; a kernel has one\n") && result.status == 1, "\(result.errors)")
    } else if name == "partik0l", result.status != 0 {
      #expect(result.errors.contains("it wrote beyond its frame of 40x32") && result.status == 1)
    } else {
      #expect(result.status == 0 && result.output.hasPrefix("out.png: 37x29 RGB"), "\(result.errors)")
    }
  }

  @Test("values of some are what arithmetic says")
  func values() throws {
    let values = Frei0rPackage.steps(Self.picture)
    func result(_ name: String, _ settings: [KernelSpecification.Setting] = []) throws -> [Int] {
      try Frei0rPackage.output(name, settings, of: Self.picture)
    }
    #expect(try result("invert0r") == values.map { 255 - $0 })
    #expect(try result("threshold0r", [.init("threshold", "0.25")]) == values.map { $0 >= 63 ? 255 : 0 })
    #expect(try result("brightness", [.init("brightness", "0.5")]) == values)
    #expect(try result("brightness", [.init("brightness", "0.25")]) == values.map { $0 / 2 })
    #expect(
      try result("gamma", [.init("gamma", "0.5")])
        == values.map { Int((255 * Double($0)).squareRoot().rounded()) })
    let plane = Self.picture.shape.planeCount
    #expect(try result("R") == Array(repeating: Array(values[..<plane]), count: 3).flatMap { $0 })
    let color = [255, 128, 0].flatMap { Array(repeating: $0, count: plane) }
    #expect(try result("onecol0r", [.init("color", "#ff8000")]) == color)
  }

  @Test("a mirror of a picture whose sides are multiples of 8 is exact")
  func mirror() throws {
    let shape = Shape(channels: 3, height: 40, width: 48)
    let picture = Tensor(shape: shape, values: (0..<shape.count).map { Float($0 * 37 % 256) / 255 })
    let output = try Frei0rPackage.output("flippo", [.init("x-axis", "yes")], of: picture)
    let rows = Frei0rPackage.steps(picture)
    let mirrored = (0..<120).flatMap { row in rows[row * 48..<(row + 1) * 48].reversed() }
    #expect(output == mirrored)
  }

  @Test("dots of ink lie on white paper, and a border that is left out is the picture's")
  func frames() throws {
    let shape = Shape(channels: 3, height: 64, width: 64)
    let light = try Frei0rPackage.output("colorhalftone", of: Tensor(shape: shape, repeating: 0.9))
    #expect(light.filter { $0 == 255 }.count > light.count / 2 && light.contains { $0 < 128 })
    let gray = try Frei0rPackage.output("medians", of: Tensor(shape: shape, repeating: 0.4))
    #expect(gray.allSatisfy { $0 == 102 })
  }

  @Test("the result depends on the picture and the settings alone, also where lots are drawn")
  func repeated() throws {
    for name in ["cluster", "tehroxx0r", "distort0r", "edgeglow"] {
      let first = try Frei0rPackage.output(name, of: Self.picture)
      _ = try Frei0rPackage.output(name, of: Self.picture.map { 1 - $0 })
      let again = try Frei0rPackage.output(name, of: Self.picture)
      let isSame = again == first
      #expect(isSame, "\(name)")
    }
  }

  @Test("names of parameters, and a default that the library never sets")
  func parameters() throws {
    func names(_ name: String) throws -> [String] {
      try Frei0rPackage.descriptor(name).parameters.map(\.name)
    }
    #expect(try names("edgeglow") == ["lthresh", "lupscale", "lredscale", "result"])
    #expect(try names("select0r").prefix(3) == ["color-to-select", "invert-selection", "delta-r-a-hue"])
    #expect(try names("perspective").prefix(3) == ["top-left-x", "top-left-y", "top-right-x"])
    #expect(try names("curves").contains("bezier-spline"))
    let pattern = try Frei0rPackage.descriptor("test_pat_C")
    #expect(pattern.parameters.first { $0.name == "fullscreen" }?.kind == .flag(default: false))
  }
}
