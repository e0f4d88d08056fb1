import FileAccess
import PluginLoading
import TestSupport
import Testing

@Suite("Files that are no plugins are refused before anything of them runs")
struct LibraryFileTests {
  private func problem(_ path: String) throws -> String {
    let error = try #require(throws: PluginError.self) { try SharedLibrary(path: path).plugin() }
    guard case .loading(let named, let problem) = error, named == path else {
      Issue.record("\(error)")
      return ""
    }
    return problem
  }

  @Test("what is not there, a folder, a text and an empty file")
  func noLibraries() throws {
    let folder = try TemporaryFolder()
    #expect(try problem(folder("missing.so")) == "No such file or directory")
    #expect(try problem(folder.path) == "is a folder")
    #expect(try problem("/dev/null") == "is no file")
    for text in ["", "\u{7f}ELF", String(repeating: "text ", count: 100)] {
      try writeFile(Array(text.utf8), to: folder("text.so"))
      #expect(try problem(folder("text.so")) == "is no shared library (no ELF file)")
    }
  }

  @Test("a library is refused at whatever place it was cut")
  func truncated() throws {
    let bytes = try readFile(try TestPlugin.build())
    let folder = try TemporaryFolder()
    // In steps, and the last bytes one by one.
    for count in Array(stride(from: 64, to: bytes.count, by: 501)) + Array(bytes.count - 8..<bytes.count) {
      try writeFile(Array(bytes.prefix(count)), to: folder("cut.so"))
      #expect(try problem(folder("cut.so")) == "is truncated: it has \(count) bytes and should have more")
    }
  }

  @Test(
    "other machines and kinds of files",
    arguments: [
      (4, 1, "is a 32-bit library; this program has 64 bits"), (18, 183, "is built for aarch64"),
      (18, 243, "is built for riscv"), (18, 99, "is built for machine number 99"), (16, 2, "but a program"),
      (16, 1, "but an object file (link it with -shared)"), (16, 9, "but an ELF file of type 9"),
    ] as [(Int, UInt8, String)])
  func foreign(offset: Int, value: UInt8, expected: String) throws {
    #if arch(x86_64)
      var bytes = try readFile(try TestPlugin.build())
      bytes[offset] = value
      let folder = try TemporaryFolder()
      try writeFile(bytes, to: folder("foreign.so"))
      #expect(try problem(folder("foreign.so")).contains(expected))
    #endif
  }

  @Test("numbers in a header that lead anywhere are no crash")
  func hostileHeaders() throws {
    let bytes = try readFile(try TestPlugin.build())
    let folder = try TemporaryFolder()
    for place in [32, 40, 54, 56, 58, 60] {
      var changed = bytes
      for i in place..<min(place + 8, 64) { changed[i] = 0xff }
      try writeFile(changed, to: folder("hostile.so"))
      #expect(throws: PluginError.self) { try SharedLibrary(path: folder("hostile.so")).plugin() }
    }
  }

  @Test("a library of another sort, and one that misses a function")
  func otherLibraries() throws {
    #expect(try TestPlugin.problem(["NO_ENTRY"]) == "is no plugin: it has no function featuremap_plugin()")
    let problem = try TestPlugin.problem(["RUN_BODY=extern void nowhere(void); nowhere();"])
    #expect(problem == "undefined symbol: nowhere")
  }
}
