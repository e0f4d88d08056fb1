import TensorOps

/// A kernel that tells what it reads where its window reaches over the border of the picture.
///
/// Of others zeros, or nothing at all, are taken to lie there.
public protocol BorderedKernel: Kernel {
  var border: FilterBorder { get }
}

extension Kernel {
  /// What lies beyond the border; `nil` for a kernel that reads nothing there or does not tell.
  public var borderMode: BorderMode? { (self as? any BorderedKernel)?.border.mode }
}
