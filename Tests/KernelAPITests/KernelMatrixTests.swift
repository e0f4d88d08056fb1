import KernelAPI
import TensorCore
import Testing

@Suite("Kernels written as numbers")
struct KernelMatrixTests {
  private let sobel: [[Float]] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]

  @Test(
    "one kernel, many ways of writing it",
    arguments: [
      "3x3: -1,0,1 -2,0,2 -1,0,1", "3x3:-1,0,1,-2,0,2,-1,0,1", "3: -1 0 1  -2 0 2  -1 0 1",
      "3x3+1+1: -1,0,1 -2,0,2 -1,0,1", "3X3: -1,0,1\n-2,0,2\n-1,0,1", "-1,0,1;-2,0,2;-1,0,1",
      "-1 0 1; -2 0 2; -1 0 1;", "-1,0,1\n-2,0,2\n-1,0,1\n", "-1\t0\t1\r\n-2\t0\t2\r\n-1\t0\t1",
      "-1.0,0e5,+1;-2,.0,2;-1,0/7,3/3",
    ])
  func spellings(text: String) throws {
    #expect(try KernelMatrix(parsing: text).rows == sobel)
  }

  @Test("ImageMagick's size is width x height")
  func oblong() throws {
    let matrix = try KernelMatrix(parsing: "3x2: 1,2,3 4,5,6")
    #expect(matrix.rows == [[1, 2, 3], [4, 5, 6]])
    #expect(matrix.extent == Extent(height: 2, width: 3))
    #expect(matrix.tensor.shape == Shape(channels: 1, height: 2, width: 3))
  }

  @Test("fractions are divided")
  func fractions() throws {
    #expect(try KernelMatrix(parsing: "1/9,-2/4;0.5/2,3").rows == [[Float(1) / 9, -0.5], [0.25, 3]])
  }

  @Test("places that do not count are zeros in ImageMagick's form")
  func holes() throws {
    #expect(
      try KernelMatrix(parsing: "3x3: -,1,- 1,1,1 nan,1,NaN").rows == [[0, 1, 0], [1, 1, 1], [0, 1, 0]])
  }

  @Test(
    "what cannot be read is told",
    arguments: [
      ("1,2;3", "row 2 has 1 numbers, the first has 2"),
      ("1,2\n3,4\n5,6,7", "row 3 has 3 numbers, the first has 2"),
      ("", "a kernel needs at least one number"), (" ; ", "a kernel needs at least one number"),
      ("3x3: 1,2,3", "3x3 needs 3 rows of 3 numbers, got 3"),
      ("2x1: 1,2,3,4", "2x1 needs 1 rows of 2 numbers, got 4"),
      ("2x2: 1,2,3,x", "'x' is not a number"), ("1,two", "'two' is not a number"),
      ("1/0,1", "'1/0' is not a number"), ("1/2/3", "'1/2/3' is not a number"),
      ("1,-", "'-' is not a number"),
      ("1,2;3,1e99", "row 2 has a number that is not finite"),
      ("nan,1", "row 1 has a number that is not finite"),
      (
        "9999999999x9999999999: 1",
        "9999999999x9999999999 needs 9999999999 rows of 9999999999 numbers, got 1"
      ),
    ])
  func unreadable(text: String, problem: String) {
    #expect(throws: KernelError.syntax(text, problem: problem)) { try KernelMatrix(parsing: text) }
    #expect(message { try KernelMatrix(parsing: text) } == "cannot read '\(text)': \(problem)")
  }

  @Test("rows given as numbers are checked alike")
  func rows() throws {
    #expect(try KernelMatrix(rows: [[1, 2]]).rows == [[1, 2]])
    for rows in [[], [[]], [[1], [1, 2]], [[Float.infinity]]] as [[[Float]]] {
      #expect(throws: KernelError.self) { try KernelMatrix(rows: rows) }
    }
  }
}
