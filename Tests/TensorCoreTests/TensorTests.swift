import TensorCore
import Testing

@Suite("Tensor")
struct TensorTests {
  /// Every element tells its place: 1000 n + 100 c + 10 y + x.
  private let places: Tensor = {
    var tensor = Tensor(shape: Shape(batch: 2, channels: 3, height: 4, width: 5))
    for n in 0..<2 {
      for c in 0..<3 {
        for y in 0..<4 {
          for x in 0..<5 { tensor[n, c, y, x] = Float(1000 * n + 100 * c + 10 * y + x) }
        }
      }
    }
    return tensor
  }()

  @Test("element (n, c, y, x) lies at ((n C + c) H + y) W + x")
  func order() {
    #expect(places.values[0] == 0)
    #expect(places.values[((1 * 3 + 2) * 4 + 3) * 5 + 4] == 1234)
    #expect(places.values[((0 * 3 + 1) * 4 + 2) * 5 + 3] == 123)
    #expect(places[1, 0, 3, 2] == 1032)
    #expect(Set(places.values).count == 120)
  }

  @Test("rows make one plane, planes one example")
  func literals() {
    let rows = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
    #expect(rows.shape == Shape(channels: 1, height: 2, width: 3))
    #expect(rows.values == [1, 2, 3, 4, 5, 6])
    let planes = Tensor(planes: [[[1], [2]], [[3], [4]]])
    #expect(planes.shape == Shape(channels: 2, height: 2, width: 1))
    #expect(planes[0, 1, 0, 0] == 3)
    #expect(Tensor(rows: []).shape.count == 0)
  }

  @Test("a fresh tensor is filled with one value, 0 unless told")
  func filled() {
    let shape = Shape(channels: 2, height: 1, width: 2)
    #expect(Tensor(shape: shape).values == [0, 0, 0, 0])
    #expect(Tensor(shape: shape, repeating: 7).values == [7, 7, 7, 7])
  }

  @Test("filling a buffer gives its values, and passes errors on")
  func unsafeFill() throws {
    struct Stop: Error {}
    let shape = Shape(channels: 1, height: 2, width: 2)
    let tensor = Tensor(shape: shape) { buffer in
      #expect(buffer.count == 4)
      for i in buffer.indices { buffer[i] = Float(i) }
    }
    #expect(tensor == Tensor(rows: [[0, 1], [2, 3]]))
    #expect(throws: Stop.self) { try Tensor(shape: shape) { _ in throw Stop() } }
  }

  @Test("a plane is the rows of one channel of one example")
  func plane() {
    let plane = Array(places.plane(2, batch: 1))
    #expect(plane.count == 20)
    #expect(plane.first == 1200)
    #expect(plane.last == 1234)
    #expect(places.plane(1).first == 100)
  }

  @Test("examples are cut out of a batch")
  func examples() {
    let second = places.examples(1..<2)
    #expect(second.shape == Shape(channels: 3, height: 4, width: 5))
    #expect(second[0, 2, 3, 4] == 1234)
    #expect(places.examples(0..<2) == places)
    #expect(places.examples(1..<1).shape.batch == 0)
  }

  @Test("channels are picked from every example in the order given")
  func channels() {
    let picked = places.channels([2, 0, 2])
    #expect(picked.shape == Shape(batch: 2, channels: 3, height: 4, width: 5))
    #expect(picked[1, 0, 0, 1] == 1201)
    #expect(picked[1, 1, 0, 1] == 1001)
    #expect(picked[0, 2, 3, 4] == 234)
    #expect(places.channel(1) == places.channels([1]))
    #expect(places.channels([]).shape == Shape(batch: 2, channels: 0, height: 4, width: 5))
  }

  @Test("transposing exchanges rows and columns in every plane")
  func transposed() {
    let turned = places.transposed()
    #expect(turned.shape == Shape(batch: 2, channels: 3, height: 5, width: 4))
    #expect(turned[1, 2, 4, 3] == 1234)
    #expect(turned[0, 1, 0, 3] == 130)
    #expect(turned.transposed() == places)
  }

  @Test("reshaping keeps the values in their order")
  func reshaped() {
    let flat = places.reshaped(Shape(batch: 2, channels: 60, height: 1, width: 1))
    #expect(flat.values == places.values)
    #expect(flat.shape.channels == 60)
  }

  @Test("map changes every value and not the shape")
  func map() {
    #expect(Tensor(rows: [[1, 2]]).map { $0 * 10 } == Tensor(rows: [[10, 20]]))
  }

  @Test("conversion to Double is exact, back to Float rounds")
  func converted() {
    let double = Tensor(rows: [[0.1, 2]]).converted(to: Double.self)
    #expect(double.values == [Double(Float(0.1)), 2])
    #expect(NumericTensor<Double>(rows: [[0.1]]).converted(to: Float.self).values == [Float(0.1)])
  }

  @Test("tensors are equal when shape and values are")
  func equality() {
    let row = Tensor(rows: [[1, 2]])
    #expect(row != Tensor(rows: [[1], [2]]))
    #expect(row != Tensor(rows: [[1, 3]]))
    #expect(row == Tensor(rows: [[1, 2]]))
  }

  @Test("a named array keeps its name, dimensions and values")
  func namedArray() {
    let array = NamedArray(name: "conv1.weight", dimensions: [2, 1, 1, 2], values: [1, 2, 3, 4])
    #expect(array.name == "conv1.weight")
    #expect(array.dimensions == [2, 1, 1, 2])
    #expect(array.values == [1, 2, 3, 4])
    #expect(NamedArray(name: "scalar", dimensions: [], values: [5]).values == [5])
  }

  @Test("values that do not fill the shape stop the program")
  func wrongCount() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(shape: Shape(channels: 1, height: 2, width: 2), values: [1, 2, 3])
    }
    await #expect(processExitsWith: .failure) { _ = Tensor(rows: [[1, 2], [3]]) }
  }
}
