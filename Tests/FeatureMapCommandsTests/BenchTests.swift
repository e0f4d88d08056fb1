import FeatureMap
import TestSupport
import Testing

@testable import FeatureMapCommands

@Suite("What bench measures and prints")
struct BenchTests {
  @Test("times: median, quartiles and extremes, whatever the order of the runs")
  func times() {
    let times = RunTimes([5, 1, 4, 2, 3])
    #expect(times.runs == 5 && times.minimum == 1 && times.maximum == 5)
    #expect(times.lowerQuartile == 2 && times.median == 3 && times.upperQuartile == 4)
    #expect(times.spread == 2.0 / 3)
    #expect(RunTimes([2, 4]).median == 3 && RunTimes([7]).spread == 0)
  }

  @Test("warm-ups are not counted")
  func warmUps() {
    var calls = 0
    #expect(RunTimes.measure(repeats: 3, warmUps: 2) { calls += 1 }.runs == 3)
    #expect(calls == 5)
  }

  @Test(
    "times are written with three digits and a unit that fits",
    arguments: [
      (2.154, "2.15 s"), (0.0853, "85.3 ms"), (0.2561, "256 ms"), (0.0000119, "11.9 us"),
      (0.9996, "1,000 ms"),
      (12.345, "12.3 s"), (2e-9, "2.00 ns"), (0.00009996, "100 us"),
    ])
  func timeTexts(seconds: Double, text: String) {
    #expect(timeText(seconds) == text)
  }

  @Test("learning from one example takes the products of LeNet's layers forwards and backwards")
  func trainingWork() throws {
    let suite = BenchmarkSuite(settings: BenchmarkSettings())
    #expect(try suite.trainingMultiplyAdds(try makeLeNet(seed: 1)) == 3 * 416_520 - 117_600)
  }

  @Test("the share of the peak counts a multiplication and an addition for each product")
  func shareOfPeak() {
    var row = BenchmarkRow("x", "", RunTimes([0.5]), count: 10, unit: "examples/s")
    #expect(row.rate == 20 && row.shareOfPeak == nil && row.timesMemcpy == nil)
    row.multiplyAdds = 25e9
    row.peakGigaflops = 200
    row.memcpySeconds = 0.25
    #expect(row.shareOfPeak == 0.5 && row.timesMemcpy == 2)
  }

  @Test("the peak is the same work at every instruction set, and more than nothing")
  func peak() {
    for loops in InnerLoops.available {
      #expect(loops.peakLoop(rounds: 0) == 0)
      #expect(loops.peakLoop(rounds: 10) == 10 * loops.peakLoop(rounds: 1), "\(loops.name)")
      #expect(loops.peakLoop(rounds: 1) >= 48, "\(loops.name)")
    }
    #expect(MachinePeak.flops() > 1e8)
  }

  @Test("benchmarks are done in the table's order; for others the nearest names are told")
  func names() throws {
    #expect(try BenchCommand.benchmarks("sobel, train,sobel") == [.train, .sobel])
    #expect(try parsed(BenchCommand.self, ["bench", "--only", "7x7,5x5"]).only == [.filter7x7, .gauss5x5])
    for words in [["7x7", "5x5"], ["5x5,7x7"], ["5x5", "--only", "7x7"], ["--only", "7x7,5x5"]] {
      #expect(try parsed(BenchCommand.self, ["bench"] + words).chosen == [.filter7x7, .gauss5x5], "\(words)")
    }
    #expect(try parsed(BenchCommand.self, ["bench"]).chosen == Benchmark.allCases)
    #expect(throws: (any Error).self) { try parsed(BenchCommand.self, ["bench", "sobl"]) }
    let message = "there is no benchmark 'sobl'; did you mean 'sobel'?"
    #expect { try BenchCommand.benchmarks("sobl") } throws: { "\($0)".contains(message) }
    #expect(throws: (any Error).self) { try BenchCommand.benchmarks("") }
    #expect(throws: (any Error).self) { try parsed(BenchCommand.self, ["bench", "--repeats", "0"]) }
  }

  @Test("the table fits into 80 columns")
  func table() {
    var train = BenchmarkRow(
      "jpeg-jpeg", "apply sobel to a JPEG of 24.0 MP, written as JPEG", RunTimes([0.0123, 0.0456, 0.0999]),
      count: 12_345.6, unit: "examples/s")
    train.multiplyAdds = 1e9
    train.peakGigaflops = 100
    train.memcpySeconds = 0.0045
    train.peakMemoryBytes = 1_052_000_000
    train.outputBytes = 31_600_000
    let machine = Machine(peakGigaflops: 224.4, memcpyGigabytes: 35)
    let report = BenchmarkReport(machine: machine, rows: [train], isQuick: true)
    let lines = report.text.split(separator: "\n").map(String.init)
    for line in lines.dropFirst() { #expect(line.count <= 80, "\(line)") }
    #expect(lines[0].hasPrefix("featuremap \(programVersion) on "))
    #expect(report.text.contains("peak 224 GFLOP/s single precision, memcpy 35.0 GB/s"))
    #expect(report.text.contains("jpeg-jpeg  apply sobel to a JPEG of 24.0 MP, written as JPEG; 31.6 MB"))
  }

  @Test("pictures that are made are the same each time")
  func pictures() {
    let pictures = SyntheticPictures.garments(count: 3)
    #expect(pictures.pixels == SyntheticPictures.garments(count: 3).pixels)
    #expect(pictures.count == 3 && Set(pictures.pixels).count > 50)
    #expect(pictures.pixels[..<784] != pictures.pixels[784..<1568])
  }
}
