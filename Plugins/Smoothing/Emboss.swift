import KernelAPI
import TensorCore

/// A relief lit from the upper left, on top of the picture.
enum Emboss {
  private static let amount = ParameterDescriptor(
    "amount", .number(default: 1, in: 0...20), "the height of the relief; 0 changes nothing")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "emboss", summary: "Relief lit from the upper left",
      details: """
        x plus amount times the slope towards the lower right: with a for the amount, \
        -2a -a 0 / -a 1 a / 0 a 2a (as a convolution, rotated by 180 degrees). The weights have sum 1, so that \
        flat areas keep their brightness; results may leave 0...1.
        Agrees with cv2.filter2D with these weights. Pillow's EMBOSS has others and is grey where nothing \
        changes.
        """,
      parameters: [amount, FilterBorder.parameter])
  ) { values in
    let a = Float(values.number(amount.name))
    return MatrixFilter(
      Tensor(rows: [[-2 * a, -a, 0], [-a, 1, a], [0, a, 2 * a]]), border: FilterBorder(values))
  }
}
