extension KernelRegistry {
  /// The name of the kernel that reads filters from files; what a path in a chain is handed to.
  public static let fileKernelName = "learned"

  /// The kernel that a user wrote.
  ///
  /// - Parameter defaults: settings used where the kernel has such a parameter and the user did not give it,
  ///   such as a border mode for all filters.
  /// - Throws: `KernelError` for unknown names and bad settings; what the kernel refuses.
  public func kernel(
    for specification: KernelSpecification, defaults: [KernelSpecification.Setting] = []
  ) throws -> any Kernel {
    let factory: KernelFactory
    var settings = specification.settings
    switch specification.source {
    case .matrix(let matrix):
      let values = try ParameterValues(
        defaults.filter { $0.name == FilterBorder.parameter.name },
        for: KernelDescriptor(name: "kernel", summary: "", parameters: [FilterBorder.parameter]))
      return matrix.filter(border: FilterBorder(values))
    case .file(let path):
      factory = try self.factory(named: Self.fileKernelName)
      settings.insert(KernelSpecification.Setting("file", path), at: 0)
    case .name(let name):
      factory = try self.factory(named: name)
    }
    let choice = try factory.resolved(settings)
    let given = Set(choice.settings.map(\.name))
    let known = Set(choice.factory.descriptor.parameters.map(\.name))
    return try choice.factory.make(
      choice.settings + defaults.filter { known.contains($0.name) && !given.contains($0.name) })
  }
}
