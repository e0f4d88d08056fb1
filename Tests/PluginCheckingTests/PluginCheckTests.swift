import FileAccess
import Foundation
import PluginChecking
import TestSupport
import Testing

@Suite("Plugins are tried hard")
struct PluginCheckTests {
  /// A broken rule, and what is said of it.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Macros of Libraries/plugin.c.
    let changes: [String]
    let problem: String
    var severity = PluginFinding.Severity.fault

    init(
      _ description: String, _ changes: [String], _ problem: String,
      _ severity: PluginFinding.Severity = .fault
    ) {
      testDescription = description
      self.changes = changes
      self.problem = problem
      self.severity = severity
    }
  }

  private static let headers = joinPath(TestData.packageFolder, "Sources/CFeatureMapPlugin/include")

  private func verdict(
    _ changes: [String], headers: String = headers, timeLimit: Double = 10
  ) throws -> PluginVerdict {
    let folder = try TemporaryFolder()
    let path = folder("plugin.so")
    let result = try Program.run(
      executable: "/usr/bin/env",
      [
        "cc", "-O1", "-w", "-shared", "-fPIC", "-I",
        headers,
        joinPath(TestData.packageFolder, "Tests/PluginCheckingTests/Libraries/plugin.c"), "-o", path, "-lm",
      ] + changes.map { "-D\($0)" })
    try #require(result.status == 0, "\(result.errors)")
    let check = PluginCheck(path: path, program: [Program.path, "plugin", "probe"], timeLimit: timeLimit)
    return try check.run()
  }

  @Test(
    "a correct plugin is fit, whatever it promises about threads", arguments: ["NONE", "INSTANCE", "FULL"])
  func correct(threads: String) throws {
    let verdict = try verdict(["THREADS=FMP_THREADS_\(threads)"])
    #expect(verdict.isFit && verdict.findings.isEmpty, "\(verdict.findings)")
    #expect(verdict.plugin == "moving" && verdict.interface == "1.1")
    let kernel = try #require(verdict.kernels.first)
    // The defaults, both ends of the distance, three texts, and all parameters at either end.
    #expect(verdict.kernels.count == 1 && kernel.name == "move" && kernel.settings == 8)
    #expect(kernel.shapes > 100 && kernel.refusedShapes == 0 && kernel.timing?.input == "3x480x640")
  }

  @Test(
    "a plugin made with the header of another minor version is fit",
    arguments: [
      ("1.0", ["const char *unit;": "", "const char *details;": "", "MINOR 1u": "MINOR 0u"]),
      (
        "1.2",
        [
          "const char *unit;": "const char *unit; double step;",
          "const char *details;": "const char *details; void (*later)(void);", "MINOR 1u": "MINOR 2u",
          "const fmp_kernel *const *kernels;": "const fmp_kernel *const *kernels; const char *home;",
        ]
      ),
    ])
  func otherVersions(version: String, edits: [String: String]) throws {
    let folder = try TemporaryFolder()
    var header = String(
      decoding: try readFile(joinPath(Self.headers, "featuremap_plugin.h")), as: UTF8.self)
    for (text, other) in edits {
      #expect(header.contains(text))
      header = header.replacing(text, with: other)
    }
    try writeFile(Array(header.utf8), to: folder("featuremap_plugin.h"))
    let verdict = try verdict([], headers: folder.path)
    #expect(verdict.isFit && verdict.interface == version, "\(verdict.findings)")
    #expect(try #require(verdict.kernels.first).settings == 8)
  }

  static let cases = [
    Case(
      "a read past the input", ["END=out->data[0] += 0 * in->data[rows * width];"],
      "run() reads past the end of its input"),
    Case(
      "a read before the input", ["END=out->data[0] += 0 * in->data[-1];"],
      "run() reads before the beginning of its input"),
    Case(
      "a write past the output", ["END=out->data[rows * width] = 1;"],
      "run() writes past the end of its output"),
    Case(
      "a write before the output", ["RUN=out->data[-3] = 1;"],
      "run() writes before the beginning of its output"),
    Case(
      "a write to the input", ["RUN=*(float *)in->data = 1;"],
      "run() writes to its input, which it may only read"),
    Case(
      "a crash of small inputs only", ["RUN=if (in->shape.height < 2) *(volatile int *)16 = 1;"],
      "run() crashes: it touches memory that is not there"),
    Case("an abort", ["RUN=if (m->distance == 9) abort();"], "run() aborts the program"),
    Case(
      "a division by zero", ["SHAPE=volatile int zero = m->distance; zero = 7 / zero;"],
      "output_shape() crashes: an integer is divided by zero"),
    Case(
      "an end of the program", ["CREATE=if (m->distance == 0) exit(3);"],
      "create() ends the program, with status 3"),
    Case(
      "a crash of its destroy", ["DESTROY=*(volatile int *)16 = 1;"],
      "destroy() crashes: it touches memory that is not there"),
    Case(
      "a crash when it is loaded", ["ENTRY=*(volatile int *)16 = 1;"],
      "loading crashes: it touches memory that is not there"),
    Case(
      "an endless loop", ["RUN=while (in->shape.width == 7) usleep(1000);"],
      "run() does not come back within 3 s"),
    Case(
      "a value that is not written", ["RUN=if (width > 6) rows--;"],
      "run() leaves values of its output unwritten"),
    Case(
      "sums with what was there before",
      ["RUN=out->data[0] += 1; for (size_t i = 1; i < rows * width; i++) out->data[i] = 1; return FMP_OK;"],
      "run() leaves values of its output unwritten"),
    Case(
      "NaN", ["END=out->data[0] = sqrtf(in->data[0]);"],
      "run() gives NaN or infinite values for a finite input"),
    Case("an impossible shape", ["SHAPE=out->width = in->width / 2;"], "output_shape() answers 1x1x0"),
    Case(
      "another shape each time", ["SHAPE=out->height += m->state++;"],
      "output_shape() answers 1x1x1 and then 1x2x1 for the same input"),
    Case(
      "a broken promise of shape",
      ["RUN=if (width == 5) { strcpy(error->message, \"too wide\"); return FMP_ERROR_SHAPE; }"],
      "run() fails for an input that output_shape() took: too wide"),
    Case(
      "a window too small", ["GEOMETRY=out->size_y = 1; out->offset_y = 0;"],
      "the result at (1, 0) depends on the pixel (0, 0), outside of the window that geometry() tells"),
    Case(
      "an impossible window", ["GEOMETRY=out->stride_x = 0;"], "geometry() tells a window that there is not"),
    Case(
      "a failing geometry", ["GEOMETRY=strcpy(error->message, \"why\"); return 9;"], "geometry() fails: why"),
    Case(
      "defaults refused", ["CREATE=if (m->distance == 1) { strcpy(error->message, \"odd\"); return NULL; }"],
      "refuses its own defaults: odd"),
    Case(
      "no message", ["SHAPE=if (in->width == 1) return FMP_ERROR_SHAPE;"],
      "output_shape() fails without a message"),
    Case(
      "a message of two lines", ["SHAPE=strcpy(error->message, \"a\\nb\"); return 1;"],
      "output_shape() writes a message with control characters, such as newlines"),
    Case(
      "a message without an end", ["SHAPE=memset(error->message, 'x', sizeof error->message); return 1;"],
      "output_shape() writes a message without a NUL at its end"),
    Case(
      "a message too long", ["SHAPE=memset(error->message, 'x', 600); return 1;"],
      "output_shape() writes past the end of fmp_error"),
    Case("an error of a success", ["RUN=error->code = 1;"], "run() succeeds, but writes an error"),
    Case(
      "values kept", ["RUN=m->distance = (int)m->values[0].number;"],
      "run() reads the values of create() after create() has returned"),
    Case(
      "a text kept", ["RUN=m->state = m->text[0];"],
      "run() reads the text of a setting after create() has returned"),
    Case(
      "a value too many read", ["CREATE=m->state = values[2].number;"],
      "create() reads past the end of the values of create()"),
    Case(
      "state between calls", ["END=out->data[0] = m->state++;"],
      "run() gives another output for the same input", .warning),
    Case(
      "a kernel that counts kernels",
      ["GLOBALS=static int made;", "CREATE=m->state = made++;", "END=out->data[0] = m->state;"],
      "two kernels with the same settings give different outputs"),
    Case(
      "a kernel that another disturbs",
      [
        "GLOBALS=static float last;", "CREATE=last = m->distance;", "DESTROY=last = -1; free(instance);",
        "END=out->data[0] = last;",
      ], "a kernel gives another output after another one was made and destroyed"),
    Case(
      "threads in one room",
      ["GLOBALS=static float room;", "RUN=room = in->data[0]; usleep(300);", "END=out->data[0] = room;"],
      "gives other outputs in several threads than in one"),
    Case(
      "instances in one room",
      [
        "THREADS=FMP_THREADS_INSTANCE", "GLOBALS=static float room;", "RUN=room = in->data[0]; usleep(300);",
        "END=out->data[0] = room;",
      ],
      "gives other outputs in several threads than in one"),
    Case(
      "an instance in a thread",
      [
        "THREADS=FMP_THREADS_NONE", "GLOBALS=static _Thread_local float mine;", "CREATE=mine = 5;",
        "END=out->data[0] = mine;",
      ],
      "gives other outputs in several threads than in one"),
    Case(
      "a leak of run", ["GLOBALS=static void *volatile kept;", "RUN=kept = malloc(100);"],
      "keeps about 112 bytes for every call of run()",
      .warning),
    Case(
      "a leak of destroy", ["DESTROY="], "keeps about 48 bytes for every kernel made and destroyed", .warning),
    Case("printing", ["ENTRY=puts(\"hello\"); fflush(stdout);"], "prints to standard output: hello"),
    Case(
      "no input that fits", ["SHAPE=strcpy(error->message, \"no\"); return FMP_ERROR_SHAPE;"],
      "takes none of the inputs that were tried, from 1x1x1 to 3x65x97", .warning),
    Case("a range without sense", ["MAXIMUM=0"], "has the default 1.0 outside of its range 0.0...0.0"),
  ]

  /// The allocators of AddressSanitizer and ThreadSanitizer do not tell how much is in use.
  private static let tellsLeaks = getenv("ASAN_OPTIONS") == nil && getenv("TSAN_OPTIONS") == nil

  @Test(
    "a broken rule is found, and what is found says what to do",
    arguments: cases.filter { tellsLeaks || !$0.problem.hasPrefix("keeps about") })
  func broken(_ example: Case) throws {
    let verdict = try verdict(example.changes, timeLimit: example.problem.hasSuffix(" 3 s") ? 3 : 10)
    let finding = verdict.findings.first { $0.problem.contains(example.problem) }
    let found = try #require(finding, "\(verdict.findings)")
    #expect(found.severity == example.severity && !found.advice.isEmpty)
    #expect(verdict.isFit == (example.severity != .fault), "\(verdict.findings)")
  }

  @Test("after crashes the work goes on; the same crash is one finding with the first situation")
  func goesOn() throws {
    let verdict = try verdict(["END=if (m->distance % 9 == 0) out->data[0] += in->data[rows * width];"])
    let finding = try #require(verdict.findings.first)
    #expect(verdict.findings.count == 1 && finding.count == 4, "\(verdict.findings)")
    #expect(finding.situation == "distance=0, input 1x1x1, 0 bytes behind it")
    // The defaults were tried before, the texts in between.
    #expect(try #require(verdict.kernels.first).settings == 8)
  }

  @Test("what is no plugin is told as when it is used")
  func noPlugin() throws {
    let folder = try TemporaryFolder()
    try writeFile(Array("hello".utf8), to: folder("text.so"))
    let check = PluginCheck(path: folder("text.so"), program: [Program.path, "plugin", "probe"])
    let verdict = try check.run()
    #expect(!verdict.isFit && verdict.kernels.isEmpty)
    #expect(
      verdict.findings.map(\.problem) == [
        "cannot load plugin \(folder("text.so")): is no shared library (no ELF file)"
      ])
  }
}
