import FileAccess
import KernelAPI
import KernelFiles
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Kernels from text files")
struct TextFileTests {
  private func bank(_ text: String, name: String = "blur.txt") throws -> FilterBank {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) {
      try writeFile(Array(text.utf8), to: folder(name))
      return try #require(try KernelFile(path: folder(name)).kernel() as? FilterBank)
    }
  }

  @Test("rows of numbers, fractions too")
  func rows() throws {
    let bank = try bank("1/4 2 1\n\n2, -4, 2\n1 2 1\n")
    #expect(bank.weight == Tensor(rows: [[0.25, 2, 1], [2, -4, 2], [1, 2, 1]]))
    #expect(bank.name == "blur" && bank.bias == [0] && bank.border.mode == .reflect)
    #expect(try self.bank("1,2;3,4").weight == Tensor(rows: [[1, 2], [3, 4]]))
  }

  @Test(
    "a matrix of libvips: size, scale, offset in levels of 255; its middle of an even size is the later one")
  func vips() throws {
    let bank = try bank("3 2 10 51\n1 2 3\n4 5 6\n", name: "k.mat")
    #expect(bank.weight == Tensor(rows: [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]) && bank.bias == [0.2])
    #expect(bank.options.padding == Edges(top: 1, bottom: 0, left: 1, right: 1))
    #expect(try self.bank("3 1\n1 2 3\n", name: "k.mat").weight == Tensor(rows: [[1, 2, 3]]))
    // Told from rows by their lengths.
    #expect(try self.bank("3 2 2\n1 2 3 \n").weight == Tensor(rows: [[3, 2, 2], [1, 2, 3]]))
    #expect(try self.bank("3 1\n1 2 3\n").weight == Tensor(rows: [[1, 2, 3]]))
  }

  @Test("ImageMagick: origins, holes, several kernels")
  func imageMagick() throws {
    let one = try bank("3x1: 1,nan\n-1")
    #expect(one.weight == Tensor(rows: [[1, 0, -1]]))
    #expect(one.options.padding == Edges(vertical: 0, horizontal: 1))
    let two = try bank("2x1+1+0: 1,2 ; 2x1+1+0: 3,4")
    #expect(two.weight.values == [1, 2, 3, 4] && two.weight.shape.batch == 2)
    #expect(two.options.padding == Edges(top: 0, bottom: 0, left: 1, right: 0))
    #expect(try bank("2: 1 2 3 4").weight == Tensor(rows: [[1, 2], [3, 4]]))
  }

  @Test("G'MIC: one kernel in brackets or several")
  func gmic() throws {
    #expect(try bank("(1,2;3,4)").weight == Tensor(rows: [[1, 2], [3, 4]]))
    #expect(try bank("(1,2;3,4)\n(5,6;7,8)\n").weight.values == [1, 2, 3, 4, 5, 6, 7, 8])
  }

  @Test(
    "what cannot be read is told with its place",
    arguments: [
      ("1 2\n3\n", "blur.txt", "line 2, column 1: row 2 has 1 numbers, the first has 2"),
      ("1 two\n", "blur.txt", "line 1, column 3: 'two' is not a number"),
      ("", "blur.txt", "line 1, column 1: a kernel needs at least one number"),
      ("\n;,\n", "blur.txt", "line 1, column 1: a kernel needs at least one number"),
      ("1 inf", "blur.txt", "line 1, column 3: 'inf' is not finite or too large"),
      ("1 1e39", "blur.txt", "line 1, column 3: '1e39' is not finite or too large"),
      ("1 1/0", "blur.txt", "line 1, column 3: '1/0' is not a number"),
      (
        "2 1\n3 4\n", "blur.txt",
        """
        line 1, column 1: the first line may be a row or the size of a libvips matrix; call the file .mat if it \
        is one, else write ImageMagick's form, such as 3x3: 1,2,3 ...
        """
      ),
      ("3 2\n1 2 3\n", "k.mat", "line 1, column 1: 2 rows are announced, 1 are there"),
      ("3 1\n1 2\n", "k.mat", "line 2, column 1: 3 numbers in a row are announced, got 2"),
      ("1 1 0\n5\n", "k.mat", "line 1, column 5: the scale must not be 0"),
      ("0 1\n5\n", "k.mat", "line 1, column 1: expected a width and a height above 0"),
      ("3\n5\n", "k.mat", "line 1, column 1: expected width height [scale [offset]], got 1 words"),
      ("3x1: 1,2", "k.txt", "line 1, column 1: 3x1 needs 1 rows of 3 numbers, got 2"),
      (
        "3x1: 1,2,3; 2x1: 1,2", "k.txt",
        "line 1, column 13: kernel 2 is 1x2 around +0+0, the first 1x3 around +1+0"
      ),
      ("2x1+2+0: 1,2", "k.txt", "line 1, column 1: the origin +2+0 lies outside of 2x1"),
      ("a: 1", "k.txt", "line 1, column 1: expected a size such as 3x3: or 3x3+1+1:"),
      ("(1,2", "k.txt", "line 1, column 1: this bracket is not closed"),
      ("(1,2) 3", "k.txt", "line 1, column 7: expected ("),
      ("()\n3", "k.txt", "line 1, column 1: a kernel needs at least one number"),
      ("(1,2^3,4)", "k.txt", "line 1, column 4: '2^3' is not a number"),
    ])
  func problems(text: String, name: String, problem: String) throws {
    let error = try #require(throws: KernelError.self) { try bank(text, name: name) }
    #expect("\(error)".hasSuffix("/\(name)': \(problem)"), "\(error)")
  }

  @Test("bytes that are no text, and files that are not there, are refused")
  func noText() throws {
    let folder = try TemporaryFolder()
    let path = folder("k.txt")
    try writeFile([0x31, 0xff, 0xfe], to: path)
    #expect(throws: KernelError.syntax(path, problem: "it is no text")) { try KernelFile(path: path) }
    #expect(throws: FileError.self) { try KernelFile(path: folder("none.json")) }
    #expect(throws: KernelError.self) { try KernelFile(path: path, tensor: "a") }
  }
}
