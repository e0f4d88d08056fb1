/// A bundle of kernels under one name.
public protocol KernelPlugin: Sendable {
  /// `[a-z0-9-]+`, unique among all plugins.
  var identifier: String { get }
  /// `1.0.0`
  var version: String { get }
  /// One line without a full stop.
  var summary: String { get }
  var kernels: [KernelFactory] { get }
}

/// Makes configured kernels of one kind.
public struct KernelFactory: Sendable {
  public let descriptor: KernelDescriptor
  private let makeKernel: @Sendable (ParameterValues) throws -> any Kernel

  /// - Parameter make: gets checked values: every parameter of the descriptor is there.
  public init(
    _ descriptor: KernelDescriptor, make: @escaping @Sendable (ParameterValues) throws -> any Kernel
  ) {
    self.descriptor = descriptor
    makeKernel = make
  }

  /// A kernel with these settings.
  ///
  /// - Throws: `KernelError` for settings that the descriptor does not allow, or what the kernel refuses.
  public func make(_ settings: [KernelSpecification.Setting] = []) throws -> any Kernel {
    try makeKernel(ParameterValues(settings, for: descriptor))
  }
}
