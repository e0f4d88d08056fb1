import FileAccess
import KernelAPI
import KernelFiles
import TensorCore
import TestSupport
import Testing

@Suite("A folder of kernel files is a plugin")
struct KernelFolderPluginTests {
  private func folder(_ files: [String: String], body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try withExtendedLifetime(folder) {
      for (name, text) in files { try writeFile(Array(text.utf8), to: folder(name)) }
      try body(folder.path)
    }
  }

  @Test("the kernels of a folder take part in a registry as any others")
  func kernels() throws {
    let samples = TestData.packageFolder + "/Samples/Kernels/compass/"
    let plugin = try KernelFolderPlugin(folder: samples)
    #expect(plugin.identifier == "compass" && plugin.version == "1.0.0")
    #expect(plugin.kernels.map(\.descriptor.name) == ["crisp", "frei-chen", "kirsch", "lines"])
    let registry = try KernelRegistry([plugin])
    let lines = try registry.kernel(for: try KernelSpecification(parsing: "lines:sureness=0.3"))
    #expect(lines.window == .centered(Extent(3)))
    var picture = Tensor(shape: Shape(channels: 1, height: 5, width: 5))
    for x in 0..<5 { picture[0, 0, 2, x] = 0.5 }
    let output = try lines(picture)
    #expect(output.values == (0..<25).map { $0 / 5 == 2 ? 1 : 0 })
  }

  @Test("names come from the files, made valid; other files do not belong to it")
  func names() throws {
    let files = [
      "My Blur_2.txt": "1 2", "other.json": #"{"name": "mean", "kernels": [{"matrix": [[1]]}]}"#,
      "README.md": "text", ".hidden.txt": "x", "x.schema.json": "{}", "picture.png": "",
    ]
    try folder(files) { (path: String) throws in
      #expect(try KernelFolderPlugin(folder: path).kernels.map(\.descriptor.name) == ["my-blur-2", "mean"])
      let one = try KernelFolderPlugin(file: path + "/My Blur_2.txt")
      #expect(one.identifier == "my-blur-2" && one.kernels.count == 1)
    }
  }

  @Test("equal names, names that are not valid, broken files and empty folders are errors")
  func refusals() throws {
    let json = #"{"name": "NAME", "kernels": [{"matrix": [[1]]}]}"#
    try folder(["a.txt": "1", "b.json": json.replacing("NAME", with: "a")]) { (path: String) throws in
      #expect(
        throws: KernelError.duplicateName("a", first: path + "/a.txt", second: path + "/b.json")
      ) { try KernelFolderPlugin(folder: path) }
    }
    try folder(["b.json": json.replacing("NAME", with: "A b")]) { (path: String) throws in
      #expect(throws: KernelError.invalidName("A b", plugin: path + "/b.json")) {
        try KernelFolderPlugin(folder: path)
      }
      // By itself it works.
      #expect(try KernelFile(path: path + "/b.json").name == "A b")
    }
    try folder(["a.txt": "1", "b.txt": "x"]) { (path: String) throws in
      #expect(throws: KernelError.syntax(path + "/b.txt", problem: "line 1, column 1: 'x' is not a number")) {
        try KernelFolderPlugin(folder: path)
      }
    }
    try folder(["a.png": ""]) { (path: String) throws in
      #expect(
        throws: KernelError.unusable(
          kernel: path, problem: "the folder holds no kernel file (json, safetensors, mat, txt)")
      ) { try KernelFolderPlugin(folder: path) }
    }
    #expect(throws: FileError.self) { try KernelFolderPlugin(folder: "/does/not/exist") }
  }
}
