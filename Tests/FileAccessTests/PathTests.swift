import FileAccess
import Testing

@Suite("Paths")
struct PathTests {
  @Test(
    "a path is taken apart",
    arguments: [
      // path, name, folder, base name, extension
      ("a/b.png", "b.png", "a", "b", "png"), ("b.png", "b.png", "", "b", "png"),
      ("/b.PNG", "b.PNG", "/", "b", "png"), ("/x/y/b.tar.gz", "b.tar.gz", "/x/y", "b.tar", "gz"),
      ("a/.hidden", ".hidden", "a", ".hidden", ""), ("a.b/c", "c", "a.b", "c", ""),
      ("a/b/", "b", "a", "b", ""), ("a/b//", "b", "a", "b", ""), ("a//b", "b", "a", "b", ""),
      ("/", "/", "/", "/", ""), ("", "", "", "", ""), ("..", "..", "", ".", ""), ("x.", "x.", "", "x", ""),
      ("\u{e4}/\u{f6}.p\u{f1}", "\u{f6}.p\u{f1}", "\u{e4}", "\u{f6}", "p\u{f1}"),
      ("a/e\u{301}/\u{1F457}/", "\u{1F457}", "a/e\u{301}", "\u{1F457}", ""),
    ])
  func parts(path: String, name: String, folder: String, base: String, suffix: String) {
    #expect(fileName(of: path) == name)
    #expect(parentFolder(of: path) == folder)
    #expect(baseName(of: path) == base)
    #expect(fileExtension(of: path) == suffix)
  }

  @Test("paths are joined by exactly one slash")
  func joining() {
    #expect(joinPath("a", "b") == "a/b")
    #expect(joinPath("a/", "b") == "a/b")
    #expect(joinPath("/", "b") == "/b")
    #expect(joinPath("", "b") == "b")
  }
}
