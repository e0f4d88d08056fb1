import FeatureMap
import Foundation
import TestSupport
import Testing

@Suite("featuremap bench")
struct BenchTests {
  /// The numbers of a row as JSON gives them.
  private struct Report: Decodable {
    struct Machine: Decodable {
      let processor: String
      let peakGigaflops: Double
      let memcpyGigabytes: Double
    }
    struct Row: Decodable {
      struct Times: Decodable { let median, minimum, maximum: Double }
      let name: String
      let seconds: Times
      let rate, shareOfPeak, timesMemcpy: Double?
      let peakMemoryBytes, outputBytes: Int?
    }
    let machine: Machine
    let rows: [Row]
  }

  @Test("every benchmark runs and gives figures, and nothing is left behind")
  func quick() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run(
      ["bench", "--quick", "--format", "json"], in: folder.path, environment: ["TMPDIR": folder.path])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(result.bytes))
    #expect(report.machine.peakGigaflops > 0.1 && report.machine.memcpyGigabytes > 0.01)
    #expect(!report.machine.processor.isEmpty)
    #expect(
      report.rows.map(\.name) == [
        "train", "infer", "image", "sobel", "7x7", "5x5", "kernel", "plugin", "version", "help", "run",
        "classify", "jpeg-jpeg",
        "jpeg-png",
      ])
    for row in report.rows {
      let times = row.seconds
      #expect(times.minimum > 0 && times.minimum <= times.median && times.median <= times.maximum, "\(row)")
      let figures =
        [times.maximum, row.rate, row.shareOfPeak, row.timesMemcpy].compactMap(\.self)
        + [row.peakMemoryBytes, row.outputBytes].compactMap(\.self).map(Double.init)
      #expect(figures.allSatisfy { $0.isFinite && $0 > 0 }, "\(row)")
    }
    for name in ["train", "infer", "image", "7x7"] {
      let share = try #require(report.rows.first { $0.name == name }?.shareOfPeak)
      #expect(share < 1.1, "\(name)")
    }
    #expect(report.rows.allSatisfy { ($0.peakMemoryBytes ?? 1 << 20) >= 1 << 20 })
    #expect(try listFolder(folder.path).isEmpty)
  }

  @Test("only what is named is measured; other formats; pictures are kept where asked")
  func only() throws {
    let folder = try TemporaryFolder()
    let csv = try Program.run(
      ["bench", "--quick", "--only", "run,image", "--repeats", "3", "--format", "csv", "--keep", "kept"],
      in: folder.path)
    let lines = csv.output.split(separator: "\n")
    #expect(csv.status == 0 && lines.count == 3, "\(csv.errors)")
    #expect(lines[1].hasPrefix("image,3,") && lines[2].hasPrefix("run,3,"))
    #expect(try listFolder(folder("kept")) == ["garment-input.png", "garment.png", "maps.png"])
    let text = try Program.run(["bench", "--quick", "--only", "version", "--threads", "1"], in: folder.path)
    #expect(text.status == 0 && text.output.contains("\n1 thread, ") && text.output.contains("\nversion"))
    let wrong = try Program.run(["bench", "--only", "sobl"], in: folder.path)
    #expect(wrong.status == 64 && wrong.errors.contains("sobel"))
  }

  @Test("many small files are classified as each by itself, in their order; failing ones are told")
  func manyFiles() throws {
    let folder = try TemporaryFolder()
    var names: [String] = []
    var generator = SplitMix64(seed: 5)
    for number in 0..<40 {
      // Sizes and colours of all kinds, so that a batch holds pictures that came different ways.
      let side = number % 5 > 1 ? 28 : 29 + number / 5
      let channels = number % 3 == 1 ? 3 : 1
      let pixels = (0..<side * side * channels).map { place in
        UInt8(place / channels % side * 200 / side + generator.index(below: 50))
      }
      names.append("\(100 + number).png")
      try saveImage(
        RasterImage(width: side, height: side, channels: channels, samples: .uint8(pixels)),
        to: folder(names[number]))
    }
    let singles = try names.map { name in
      try Program.run(["classify", name, "--format", "csv"], in: folder.path).output.split(separator: "\n")
        .dropFirst()
    }
    let damaged = [17, 18, 39]
    for number in damaged { try writeFile([1, 2, 3], to: folder(names[number])) }
    let expected = names.indices.filter { !damaged.contains($0) }.flatMap { singles[$0] }
    for threads in ["1", "2", "5"] {
      let all = try Program.run(
        ["classify", ".", "--format", "csv", "--threads", threads], in: folder.path)
      #expect(all.status == 1)
      let rows = all.output.split(separator: "\n").dropFirst().map {
        $0.dropFirst($0.hasPrefix("./") ? 2 : 0)
      }
      #expect(rows.count == expected.count)
      // The same bits: whatever comes with a picture does not change its answer.
      for (row, single) in zip(rows, expected) { #expect(row == single) }
      let problems = all.errors.split(separator: "\n")
      #expect(problems.count == damaged.count + 1)
      #expect(problems.last?.hasSuffix("37 of 40 files done, 3 failed") == true)
      for (problem, number) in zip(problems, damaged) { #expect(problem.contains(names[number])) }
    }
  }
}
