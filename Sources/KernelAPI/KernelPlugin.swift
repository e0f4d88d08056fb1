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
  /// A factory and the settings that are left for it.
  public struct Choice: Sendable {
    public let factory: KernelFactory
    public let settings: [KernelSpecification.Setting]

    public init(_ factory: KernelFactory, _ settings: [KernelSpecification.Setting]) {
      self.factory = factory
      self.settings = settings
    }
  }

  public let descriptor: KernelDescriptor
  private let makeKernel: @Sendable (ParameterValues) throws -> any Kernel
  private let choose: (@Sendable ([KernelSpecification.Setting]) throws -> Choice?)?

  /// - Parameters:
  ///   - choose: a more special factory for some settings, such as that of the file which they name, with the
  ///     settings that it shall get; `nil` where this one is meant.
  ///   - make: gets checked values: every parameter of the descriptor is there.
  public init(
    _ descriptor: KernelDescriptor,
    choosing choose: (@Sendable ([KernelSpecification.Setting]) throws -> Choice?)? = nil,
    make: @escaping @Sendable (ParameterValues) throws -> any Kernel
  ) {
    self.descriptor = descriptor
    self.choose = choose
    makeKernel = make
  }

  /// The factory that makes the kernel for these settings: this one, or the more special one that it knows.
  ///
  /// - Throws: `KernelError` or `FileError` where that is in a file which cannot be read.
  public func resolved(_ settings: [KernelSpecification.Setting]) throws -> Choice {
    try choose?(settings) ?? Choice(self, settings)
  }

  /// A kernel with these settings.
  ///
  /// - Throws: `KernelError` for settings that the descriptor does not allow, or what the kernel refuses.
  public func make(_ settings: [KernelSpecification.Setting] = []) throws -> any Kernel {
    let choice = try resolved(settings)
    return try choice.factory.makeKernel(ParameterValues(choice.settings, for: choice.factory.descriptor))
  }
}
