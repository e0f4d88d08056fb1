import PluginLoading

/// What can be wrong with a kernel, with advice.
enum KnownFinding {
  case takesNothing
  case refusesDefaults(String)
  case badError(String)
  case noGeometry
  case failingGeometry(String)
  case impossibleGeometry
  case impossibleShape(String)
  case shapeChanges(String, String)
  case failsAfterPromise(String)
  case unwritten
  case notFinite
  case notDeterministic
  case instancesDiffer
  case instancesDisturb
  case outsideWindow(output: String, pixel: String, rows: String, columns: String)
  case threadsDiffer(ThreadPromise)
  case keepsMemory(bytes: Int, String)

  func finding(kernel: String, situation: String) -> PluginFinding {
    let (severity, problem, advice) = words
    return PluginFinding(
      severity: severity, kernel: kernel, problem: problem, advice: advice, situation: situation)
  }

  private var words: (PluginFinding.Severity, String, String) {
    switch self {
    case .takesNothing:
      (
        .warning, "takes none of the inputs that were tried, from 1x1x1 to 3x65x97",
        "Where it needs a certain size, try it yourself; else see what output_shape() compares."
      )
    case .refusesDefaults(let message):
      (
        .fault, "refuses its own defaults\(Self.saying(message))",
        "create() must accept the default_number and default_text of its parameters."
      )
    case .badError(let problem):
      (
        .fault, problem,
        "A call that fails writes one line of UTF-8 with a NUL into error->message; one that succeeds leaves it alone."
      )
    case .noGeometry:
      (
        .note, "tells no window: receptive fields are drawn as the whole picture",
        "Give it a geometry(), if its results depend on neighbouring pixels only."
      )
    case .failingGeometry(let message):
      (
        .fault, "geometry() fails\(Self.saying(message))",
        "Every kernel that was made must be able to tell its window, or that it has none (FMP_GEOMETRY_GLOBAL)."
      )
    case .impossibleGeometry:
      (
        .fault, "geometry() tells a window that there is not",
        "Sizes and strides are 1...4096, offsets -4096...4096; a kernel that sees more is FMP_GEOMETRY_GLOBAL."
      )
    case .impossibleShape(let shape):
      (
        .fault, "output_shape() answers \(shape)",
        "Sizes are at least 1, with at most 2^31 values in all; return FMP_ERROR_SHAPE for inputs that are too small."
      )
    case .shapeChanges(let first, let second):
      (
        .fault, "output_shape() answers \(first) and then \(second) for the same input",
        "It must depend on the settings and the shape alone, not on earlier calls."
      )
    case .failsAfterPromise(let message):
      (
        .fault, "run() fails for an input that output_shape() took\(Self.saying(message))",
        "Refuse inputs in output_shape(), which is called before every run()."
      )
    case .unwritten:
      (
        .fault, "run() leaves values of its output unwritten",
        "Write every element of the output. What it holds before is undefined: += is no writing."
      )
    case .notFinite:
      (
        .fault, "run() gives NaN or infinite values for a finite input",
        "Look for divisions by zero, and for roots and logarithms of values that are not positive."
      )
    case .notDeterministic:
      (
        .warning, "run() gives another output for the same input",
        "Look for memory that is read before it is written, for state kept between calls, and for random numbers "
          + "without a fixed start."
      )
    case .instancesDiffer:
      (
        .fault, "two kernels with the same settings give different outputs",
        "Keep what belongs to a kernel in its instance, not in global variables."
      )
    case .instancesDisturb:
      (
        .fault, "a kernel gives another output after another one was made and destroyed",
        "Keep what belongs to a kernel in its instance, not in global variables."
      )
    case .outsideWindow(let output, let pixel, let rows, let columns):
      (
        .fault,
        "the result at \(output) depends on the pixel \(pixel), outside of the window that geometry() tells",
        "By it the result depends on rows \(rows) and columns \(columns) only. Correct size, stride or offset, or tell "
          + "FMP_GEOMETRY_GLOBAL."
      )
    case .threadsDiffer(let promise):
      (
        .fault, "gives other outputs in several threads than in one",
        Self.advice(promise)
      )
    case .keepsMemory(let bytes, let what):
      (
        .warning, "keeps about \(bytes) bytes for every \(what)",
        "Free in run() what it allocates, and in destroy() what create() allocates."
      )
    }
  }

  private static func advice(_ promise: ThreadPromise) -> String {
    switch promise {
    case .full: "run() must not write to the instance or to global variables; else promise less in `threads`."
    case .instance: "Instances must not share what they write to; else promise FMP_THREADS_NONE."
    case .none: "Keep nothing that belongs to an instance in thread-local storage."
    }
  }

  private static func saying(_ message: String) -> String { message.isEmpty ? "" : ": \(message)" }
}
