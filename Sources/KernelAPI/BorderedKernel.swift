import TensorOps

/// A kernel that tells what it reads where its window reaches over the border of the picture.
///
/// Of others zeros, or nothing at all, are taken to lie there.
public protocol BorderedKernel: Kernel {
  var border: FilterBorder { get }
  /// Whether a map may be made of several channels although the kernel takes pictures of one channel as well.
  ///
  /// `false` is a promise: where one channel gives n maps and c channels give n * c, map m is made of channel m / n
  /// alone.
  var mixesChannels: Bool { get }
}

extension BorderedKernel {
  public var mixesChannels: Bool { false }
}

extension Kernel {
  /// What lies beyond the border; `nil` for a kernel that reads nothing there or does not tell.
  public var borderMode: BorderMode? { (self as? any BorderedKernel)?.border.mode }
}
