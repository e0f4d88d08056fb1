import KernelAPI
import TensorCore

/// The picture itself.
enum Identity {
  static let factory = KernelFactory(
    KernelDescriptor(
      name: "identity", summary: "The picture as it is, to compare others with",
      details: """
        The 1x1 kernel [1]. It reads nothing beyond the picture: border is accepted, as by all filters, and \
        changes nothing.
        """,
      parameters: [FilterBorder.parameter])
  ) { MatrixFilter(Tensor(rows: [[1]]), border: FilterBorder($0)) }
}
