import Foundation
import TestSupport
import Testing

/// These photographs were looked at while the way from photo to network was built: the counts say that it does
/// not get worse, not how good it is on others.
@Suite(
  "classify on photographs of garments",
  .enabled(if: TestData.has("clothing/labels.csv"), "the photographs are not among the test data"))
struct PhotoTests {
  private struct Answer: Decodable {
    struct Class: Decodable { let index: Int }
    let file: String
    let top: [Class]
    let unsure: Bool
  }

  @Test("at least as many are right as when this was written, and most of the sure answers")
  func counts() throws {
    let folder = try TestData.path("clothing")
    let rows = try String(contentsOfFile: folder + "/labels.csv", encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
    let files = rows.map { String($0[0]) }
    let result = try Program.run(
      ["classify", "--format", "json"] + files.map { "\(folder)/\($0)" }, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let answers = try JSONDecoder().decode([Answer].self, from: Data(result.output.utf8))
    try #require(answers.count == rows.count && rows.count == 30)
    var right: [String] = []
    for (answer, row) in zip(answers, rows) where answer.top[0].index == Int(row[1]) {
      right.append(String(row[0]))
    }
    let shop = right.filter { $0.hasPrefix("plain_") || $0.hasPrefix("cutout_") }
    #expect(shop.count >= 10, "\(shop)")
    #expect(right.count - shop.count >= 8, "\(right)")
    let sure = answers.filter { !$0.unsure }
    let rightAndSure = sure.count { answer in right.contains { answer.file.hasSuffix("/" + $0) } }
    #expect(sure.count >= 15 && 3 * rightAndSure >= 2 * sure.count, "\(rightAndSure) of \(sure.count)")
  }

  @Test("--explain-input writes each step as a picture; a file instead of a folder is refused")
  func steps() throws {
    let folder = try TemporaryFolder()
    let photo = try TestData.path("clothing/0_t-shirt_top_1.jpg")
    let result = try Program.run(["classify", photo, "--explain-input", "steps/"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder("steps")).sorted()
        == ["1-reduced", "2-unlike-border", "3-mask", "4-garment", "5-input"].map {
          "0_t-shirt_top_1-\($0).png"
        })
    let refused = try Program.run(["classify", photo, "--explain-input", "steps.png"], in: folder.path)
    #expect(refused.status == 1 && refused.errors.contains("--explain-input needs a folder"))
  }
}
