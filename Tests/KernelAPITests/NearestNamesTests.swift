import KernelAPI
import Testing

@Suite("Nearest names")
struct NearestNamesTests {
  private let known = ["sobel", "scharr", "prewitt", "gaussian", "laplacian", "box", "sharpen", "emboss"]

  @Test(
    "names a few edits away are found",
    arguments: [
      ("sobl", ["sobel"]), ("sobell", ["sobel"]), ("sboel", ["sobel"]), ("SOBEL", ["sobel"]),
      ("gausian", ["gaussian"]), ("guassian", ["gaussian"]), ("prewit", ["prewitt"]), ("bxo", ["box"]),
      ("laplacain", ["laplacian"]), ("bux", ["box"]),
    ])
  func edits(typed: String, expected: [String]) {
    #expect(nearestNames(to: typed, among: known) == expected)
  }

  @Test("names that begin with what was typed are found, from two letters on")
  func beginnings() {
    #expect(nearestNames(to: "gau", among: known) == ["gaussian"])
    #expect(nearestNames(to: "la", among: known) == ["laplacian"])
    #expect(nearestNames(to: "g", among: known) == [])
  }

  @Test("far names are not guessed", arguments: ["", "xyz", "convolution", "soup", "prwtt"])
  func far(typed: String) {
    #expect(nearestNames(to: typed, among: known) == [])
  }

  @Test("at most three, nearest first, then by name")
  func order() {
    let names = ["pool4", "pool3", "pool22", "pool2", "pool1"]
    #expect(nearestNames(to: "pool2", among: names) == ["pool2", "pool1", "pool22"])
    #expect(nearestNames(to: "pool", among: names) == ["pool1", "pool2", "pool3"])
  }
}
