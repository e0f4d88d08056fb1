import FeatureMap
import WebServer

/// The web application: a page, what it may choose from, pictures in, maps out.
///
/// - `GET /`: the page
/// - `GET /catalogue`: networks and kernels with their parameters
/// - `POST /pictures`: a PNG or JPEG file; answers its name, by which the others know it, and its size
/// - `GET /maps?picture=...&model=...` (or `&chain=...`): every layer's values, as the page reads them
/// - `GET /report.html?...`: the same as a page of its own
/// - `GET /grid.png?...&layer=...`: the maps of one layer as a picture
///
/// What goes wrong is answered with the status that fits and a line of text.
struct ServeApplication: Sendable {
  private let models: ServedModels
  private let pictures = ServedPictures(room: Self.room)
  /// Bytes of all pictures' pixels.
  private static let room = 1 << 29
  /// Products for one answer: some seconds.
  private static let mostWork = 10_000_000_000
  private let limits: ImageLimits
  private let catalogue: [UInt8]
  private let page: [UInt8]

  /// - Parameter megapixels: of the largest picture.
  init(models: ServedModels, megapixels: Double, limits: ImageLimits, bodyBytes: Int) throws {
    self.models = models
    self.limits = limits
    let catalogue = models.catalogue(megapixels: megapixels, megabytes: bodyBytes >> 20)
    self.catalogue = Array(try json(catalogue, pretty: false).utf8)
    page = Array(try ReportPage(title: "featuremap", data: nil).html().utf8)
  }

  /// By address, what may be done there.
  private static let methods = [
    "/": "GET", "/catalogue": "GET", "/pictures": "POST", "/maps": "GET", "/report.html": "GET",
    "/grid.png": "GET",
  ]

  func answer(_ request: WebRequest) -> WebAnswer {
    do {
      switch (request.method, request.path) {
      case ("GET", "/"): return WebAnswer(contentType: "text/html; charset=utf-8", body: page)
      case ("GET", "/catalogue"): return WebAnswer(contentType: "application/json", body: catalogue)
      case ("POST", "/pictures"): return try keep(request.body)
      case ("GET", "/maps"): return try maps(try ServeQuery(request.query))
      case ("GET", "/report.html"): return try report(try ServeQuery(request.query))
      case ("GET", "/grid.png"): return try grid(try ServeQuery(request.query))
      case (_, let path) where Self.methods[path] != nil:
        var answer = WebAnswer(status: 405, text: "\(request.method) is not what \(path) is for")
        answer.headers["Allow"] = Self.methods[path]
        return answer
      default: return WebAnswer(status: 404, text: "there is nothing at \(request.path)")
      }
    } catch let refusal as Refusal {
      return WebAnswer(status: refusal.status, text: refusal.problem)
    } catch {
      return WebAnswer(status: 400, text: "\(error)")
    }
  }

  /// Something that has a status of its own.
  private struct Refusal: Error {
    let status: Int
    let problem: String
  }

  private struct Kept: Encodable {
    let picture: String
    let width: Int
    let height: Int
  }

  private func keep(_ file: [UInt8]) throws -> WebAnswer {
    guard !file.isEmpty else {
      throw Refusal(status: 400, problem: "no picture came; send a PNG or JPEG file")
    }
    let image: RasterImage
    do {
      image = try ImageReader(file, name: "the picture", limits: limits).readImage()
    } catch let error as ImageError {
      if case .tooLarge = error {
        throw Refusal(status: 413, problem: "\(error) ('featuremap serve --max-megapixels' raises it)")
      }
      throw Refusal(status: 415, problem: "\(error)")
    }
    guard let name = pictures.add(image, file: file) else {
      throw Refusal(
        status: 413, problem: "a picture of \(image.width)x\(image.height) is larger than this server keeps")
    }
    return try jsonAnswer(Kept(picture: name, width: image.width, height: image.height))
  }

  private func maps(_ query: ServeQuery) throws -> WebAnswer {
    try jsonAnswer(try builder(query).data(try picture(query), name: query.name))
  }

  private func report(_ query: ServeQuery) throws -> WebAnswer {
    let data = try builder(query).data(try picture(query), name: query.name)
    let page = try ReportPage(title: "\(query.name) through \(data.model)", data: data).html()
    return WebAnswer(
      contentType: "text/html; charset=utf-8", headers: attachment("\(query.baseName)-report.html"),
      body: Array(page.utf8))
  }

  private func grid(_ query: ServeQuery) throws -> WebAnswer {
    let builder = try builder(query)
    let (drawn, shape) = try builder.grid(try picture(query), layer: query.layer, options: query.grid)
    var options = PNGOptions()
    options.text = textChunks(
      title: "\(query.layer) of \(builder.model.network.name)", shape: shape, scale: drawn.scaleText,
      source: query.name)
    return WebAnswer(
      contentType: "image/png", headers: attachment("\(query.baseName)-\(query.layer).png"),
      body: try encodePNG(drawn.image, options: options))
  }

  private func builder(_ query: ServeQuery) throws -> ReportBuilder {
    try ReportBuilder(
      model: try models.model(query), input: query.input, gray: query.gray, side: query.side,
      mostWork: Self.mostWork, sideName: "longest side")
  }

  private func picture(_ query: ServeQuery) throws -> RasterImage {
    guard let image = pictures.picture(named: query.picture) else {
      throw Refusal(status: 404, problem: "the picture is not here (any more); send it again")
    }
    return image
  }

  private func jsonAnswer(_ value: some Encodable) throws -> WebAnswer {
    WebAnswer(contentType: "application/json", body: Array(try json(value, pretty: false).utf8))
  }

  /// Has the answer saved under a name without the letters that a header does not carry.
  private func attachment(_ name: String) -> [String: String] {
    let safe = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
    return ["Content-Disposition": "attachment; filename=\"\(safe)\""]
  }
}
