import KernelAPI
import TensorCore

/// The picture less its Laplacian.
enum Sharpen {
  private static let amount = ParameterDescriptor(
    "amount", .number(default: 1, in: 0...20), "how much stronger differences become; 0 changes nothing")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "sharpen", summary: "Differences to the four neighbours made stronger",
      details: """
        x - amount * laplacian(x): with a for the amount, 0 -a 0 / -a 1+4a -a / 0 -a 0, which for 1 is the \
        well-known 0 -1 0 / -1 5 -1 / 0 -1 0. The weights have sum 1; results may leave 0...1.
        Agrees with cv2.filter2D with these weights.
        """,
      parameters: [amount, FilterBorder.parameter])
  ) { values in
    let a = Float(values.number(amount.name))
    return MatrixFilter(
      Tensor(rows: [[0, -a, 0], [-a, 1 + 4 * a, -a], [0, -a, 0]]), border: FilterBorder(values))
  }
}
