import ArgumentParser
import FeatureMap
import WebServer

/// `featuremap serve`: the page of `report` as a small web application.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Show networks and filters at work in a browser.",
    usage: "featuremap serve [<options>]",
    discussion: """
      Starts a small web server and prints its address. On its page a picture is dropped, pasted, opened or drawn \
      with the mouse; a network classifies it, or a chain of kernels filters it whose parameters are sliders; every \
      layer's maps are shown as in 'report'. Pages and grids can be downloaded. Several people may use it at once.

      Only this machine is served unless --host says otherwise; there are no passwords. Visitors' pictures are kept \
      in memory only. Ctrl-C ends it.

      EXAMPLES:
        featuremap serve
        featuremap serve --port 8000
        featuremap serve --model my.safetensors --model ./edge.json
        featuremap serve --host 0.0.0.0
      """)

  @Option(
    help: ArgumentHelp(
      "A name or address of this machine to be reached at; 0.0.0.0 for all of them.", valueName: "host"))
  var host = "127.0.0.1"

  @Option(name: .shortAndLong, help: ArgumentHelp("0 for any that is free.", valueName: "n"))
  var port = 8080

  @Option(
    help: ArgumentHelp(
      "A network's weights or a chain of kernels to be offered besides the built-in networks, repeatable.",
      valueName: "model"))
  var model: [String] = []

  @Option(help: ArgumentHelp("Largest file that may be sent, in megabytes.", valueName: "n"))
  var maxUpload = 64

  // Not as for commands: a visitor's picture is not the server's owner's.
  @Option(help: ArgumentHelp("Largest picture that is loaded, in megapixels.", valueName: "n"))
  var maxMegapixels = 48.0

  @OptionGroup var plugins: PluginOptions

  func validate() throws {
    guard maxMegapixels > 0, maxMegapixels <= 1_000_000 else {
      throw ValidationError("--max-megapixels must be above 0, got \(maxMegapixels)")
    }
    guard (0...65535).contains(port) else {
      throw ValidationError("--port must be within 0...65535, got \(port)")
    }
    guard (1...4096).contains(maxUpload) else {
      throw ValidationError("--max-upload must be within 1...4096 megabytes, got \(maxUpload)")
    }
  }

  func run() throws {
    var imageLimits = ImageLimits()
    imageLimits.maximumPixels = Int(maxMegapixels * 1_000_000)
    var limits = WebServer.Limits()
    limits.bodyBytes = maxUpload << 20
    limits.heldBytes = max(limits.heldBytes, 4 * limits.bodyBytes)
    let application = try ServeApplication(
      models: try ServedModels(registry: try makeRegistry(plugins), extra: model), megapixels: maxMegapixels,
      limits: imageLimits, bodyBytes: limits.bodyBytes)
    // Before any thread is started: all of them leave the signals to the one that waits below.
    let wish = SignalWait()
    let server = try WebServer(host: host, port: port, limits: limits, answer: application.answer)
    print("featuremap serves \(server.address) - Ctrl-C ends it")
    Console.flush()
    wish.wait()
    server.stop()
  }
}
