import FeatureMap
import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite("featuremap serve: the page as a web application")
struct ServeTests {
  /// The program at work, with its address.
  private struct Served {
    let program: RunningProgram
    let address: String

    init(_ arguments: [String] = [], in folder: String? = nil) throws {
      program = try RunningProgram(["serve", "--port", "0"] + arguments, in: folder)
      let line = program.firstLine
      address = String(try #require(line.split(separator: " ").first { $0.hasPrefix("http://") }, "\(line)"))
    }

    func ask(_ path: String, _ query: [String: String] = [:], body: [UInt8]? = nil) async throws -> (
      status: Int, data: Data, text: String
    ) {
      var parts = try #require(URLComponents(string: address + path))
      if !query.isEmpty { parts.queryItems = query.map { URLQueryItem(name: $0.key, value: $0.value) } }
      var request = URLRequest(url: try #require(parts.url))
      if let body {
        request.httpMethod = "POST"
        request.httpBody = Data(body)
      }
      let (data, answer) = try await URLSession.shared.data(for: request)
      return (
        try #require(answer as? HTTPURLResponse).statusCode, data, String(decoding: data, as: UTF8.self)
      )
    }

    /// Sends a picture and tells its name.
    func send(_ path: String) async throws -> String {
      struct Kept: Decodable { let picture: String }
      return try JSONDecoder().decode(
        Kept.self, from: try await ask("pictures", body: try readFile(path)).data
      ).picture
    }
  }

  /// What the tests look at of the answer with all maps.
  private struct Maps: Decodable {
    struct Answer: Decodable {
      let label: String
      let probability: Float
    }
    struct Layer: Decodable {
      let name: String
      let values: String
    }
    let classes: [Answer]
    let layers: [Layer]
  }

  private func sample(_ name: String) throws -> String { TestData.packageFolder + "/Samples/Images/" + name }

  @Test("a picture that was sent is classified as by the network itself; its values are those of a report")
  func network() async throws {
    let served = try Served()
    let picture = try await served.send(try sample("garment.png"))
    let answer = try await served.ask("maps", ["picture": picture, "model": "lenet"])
    let maps = try JSONDecoder().decode(Maps.self, from: answer.data)
    #expect(maps.classes.first?.label == "Ankle boot")
    let network = try trainedLeNet().network
    let input = GarmentPicture(try loadImage(try sample("garment.png"))).tensor
    let logits = try network.activations(of: ["fc3"], for: input)[0].output.values
    let bytes = Data(base64Encoded: try #require(maps.layers.first { $0.name == "fc3" }).values) ?? Data()
    let values = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    #expect(values == logits)
    let report = try await served.ask(
      "report.html", ["picture": picture, "model": "lenet", "name": "boot.png"])
    #expect(report.text.hasPrefix("<!doctype html>") && report.text.contains("<title>boot.png through lenet"))
    #expect(!report.text.contains("connect-src"), "a page that was downloaded asks nobody")
    let grid = try await served.ask("grid.png", ["picture": picture, "model": "lenet", "layer": "conv1"])
    let image = try ImageReader(Array(grid.data), name: "grid").readImage()
    #expect(image.width > 300 && image.height > 200)
  }

  @Test("a chain with settings filters the picture; one without kernels is told")
  func chain() async throws {
    let served = try Served()
    let picture = try await served.send(try sample("scene.jpg"))
    let answer = try await served.ask(
      "maps", ["picture": picture, "chain": "gaussian:sigma=2,sobel", "side": "96", "gray": "yes"])
    let maps = try JSONDecoder().decode(Maps.self, from: answer.data)
    #expect(maps.layers.map(\.name) == ["input", "gaussian", "sobel"])
    let empty = try await served.ask("maps", ["picture": picture, "chain": ""])
    #expect(empty.status == 400 && empty.text.contains("no kernel yet"))
  }

  @Test("what a visitor may not do or does wrongly is answered with a status and a reason")
  func refusals() async throws {
    let served = try Served(["--max-megapixels", "0.01"])
    func expect(_ status: Int, _ reason: String, _ answer: (status: Int, data: Data, text: String)) {
      #expect(
        answer.status == status && answer.text.contains(reason), "\(answer.status) \(answer.text.prefix(300))"
      )
    }
    let picture = try await served.send(try sample("garment.png"))
    expect(415, "not a picture", try await served.ask("pictures", body: Array("hello".utf8)))
    expect(400, "send a PNG or JPEG", try await served.ask("pictures", body: []))
    let whole = try readFile(try sample("garment.png"))
    expect(415, "cut", try await served.ask("pictures", body: Array(whole.prefix(whole.count / 2))))
    expect(
      413, "--max-megapixels", try await served.ask("pictures", body: try readFile(try sample("scene.jpg"))))
    expect(404, "send it again", try await served.ask("maps", ["picture": "0", "model": "lenet"]))
    let known = ["picture": picture]
    func ask(_ more: [String: String]) async throws -> (status: Int, data: Data, text: String) {
      try await served.ask("maps", known.merging(more) { $1 })
    }
    expect(400, "did you mean 'lenet'", try await ask(["model": "lennet"]))
    expect(400, "did you mean 'sobel'", try await ask(["chain": "sobl"]))
    expect(400, "not accepted", try await ask(["chain": "gaussian:sigma=-1"]))
    expect(400, "side", try await ask(["chain": "sobel", "side": "9999999"]))
    expect(400, "there is no 'colour'", try await ask(["chain": "sobel", "colour": "red"]))
    // No visitor reads this machine's files.
    for chain in ["./secret.json", "/etc/passwd.txt", "learned:file=/etc/passwd", "sobel,learned:file=x"] {
      expect(400, "serve --model FILE", try await ask(["chain": chain]))
    }
    // Nor loads libraries, which are looked for when they are named.
    for chain in ["frei0r:sobel", "sobel,frei0r:edgeglow:lthresh=0.5"] {
      expect(400, "serve --plugin FILE", try await ask(["chain": chain]))
    }
    // Nor keeps the server busy for minutes.
    let heavy = Array(repeating: "max-pool:size=1024:stride=1:padding=512", count: 20).joined(separator: ",")
    expect(400, "products", try await ask(["chain": heavy]))
    expect(404, "nothing at", try await served.ask("etc/passwd"))
    expect(405, "not what", try await served.ask("maps", body: [1]))
  }

  @Test("models given at the start are offered beside the built-in ones")
  func models() async throws {
    let served = try Served(["--model", TestData.packageFolder + "/Samples/Kernels/emboss.json"])
    let picture = try await served.send(try sample("garment.png"))
    let name = "emboss.json"  // and not the folders above it
    let answer = try await served.ask("maps", ["picture": picture, "model": name])
    #expect(answer.status == 200, "\(answer.text)")
    struct Catalogue: Decodable {
      struct Entry: Decodable { let name: String }
      let models: [Entry]
    }
    let catalogue = try JSONDecoder().decode(Catalogue.self, from: try await served.ask("catalogue").data)
    #expect(catalogue.models.map(\.name) == [name, "lenet", "lenet-relu"])
  }

  @Test("several people at once get what each of them asked for")
  func crowd() async throws {
    let served = try Served()
    let picture = try await served.send(try sample("garment.png"))
    let models = ["lenet", "lenet-relu"]
    var expected: [String: Data] = [:]
    for model in models {
      expected[model] = try await served.ask("maps", ["picture": picture, "model": model]).data
    }
    try await withThrowingTaskGroup(of: (String, Data).self) { group in
      for number in 0..<16 {
        group.addTask {
          let model = models[number % 2]
          return (model, try await served.ask("maps", ["picture": picture, "model": model]).data)
        }
      }
      for try await (model, data) in group { #expect(data == expected[model], "\(model)") }
    }
  }

  @Test("Ctrl-C ends it with status 0; a taken port is an error")
  func end() async throws {
    let served = try Served()
    let port = String(served.address.dropLast().split(separator: ":").last ?? "")
    let second = try Program.run(["serve", "--port", port])
    #expect(second.status == 1 && second.errors.contains("used by another program"), "\(second.errors)")
    served.program.interrupt()
    let end = try served.program.wait()
    #expect(end.status == 0 && end.errors.isEmpty, "\(end)")
    #expect(try Program.run(["serve", "--port", "70000"]).status == 64)
  }

  private static let browser = ["/usr/bin/chromium", "/usr/bin/google-chrome"].first { fileExists($0) }

  @Test(
    "a browser draws a T-shirt, asks, and shows its class", .enabled(if: browser != nil, "needs Chromium"))
  func browserShows() throws {
    let served = try Served()
    let folder = try TemporaryFolder()
    let shown = try Program.run(
      executable: try #require(Self.browser),
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder("profile"))",
        "--virtual-time-budget=8000", "--dump-dom", served.address,
      ], in: folder.path)
    #expect(shown.output.contains("drawing through lenet"), "\(shown.output.suffix(2000))")
    let start = try #require(shown.output.range(of: #"<span class="name">"#))
    #expect(shown.output[start.upperBound...].hasPrefix("T-shirt/top"))
  }
}
