/// A place from which kernels come one by one, each opened only when it is named, such as the filters of frei0r.
public protocol KernelSource: Sendable {
  /// What the names of its kernels begin with, before a colon: `frei0r` of `frei0r:edgeglow`. One of
  /// `KernelSpecification.sourcePrefixes`.
  var prefix: String { get }

  /// The kernel of this name.
  ///
  /// - Parameter name: without the prefix.
  /// - Throws: an error that tells what there is instead, or why the kernel cannot be used.
  func factory(named name: String) throws -> KernelFactory
}
