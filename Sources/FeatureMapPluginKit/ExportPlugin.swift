/// The tables by which featuremap reaches a plugin, for the one function that its shared library exports:
///
///     @c(featuremap_plugin)
///     public func entry(_ host: UnsafePointer<fmp_host>?) -> UnsafePointer<fmp_plugin>? {
///       exportPlugin(MyPlugin(), host)
///     }
///
/// Kernels are told to be callable from several threads at once, as their protocol demands. The tables live
/// until the process ends. Names, ranges and defaults are checked by the program, which says what is wrong.
///
/// - Parameters:
///   - host: what the program passes to the function.
///   - license: such as `MIT`; empty for none.
/// - Returns: `nil`, and the program then refuses the plugin, where it speaks another major version.
public func exportPlugin(
  _ plugin: some KernelPlugin, _ host: UnsafePointer<fmp_host>?, license: String = ""
) -> UnsafePointer<fmp_plugin>? {
  // Of another major version only these fields are known: not even a word can be said to it.
  guard let host, host.pointee.abi_major == FMP_ABI_MAJOR else { return nil }
  let kernels = plugin.kernels.map { kept(fmp_kernel($0)) as UnsafePointer<fmp_kernel>? }
  return kept(
    fmp_plugin(
      struct_size: UInt32(MemoryLayout<fmp_plugin>.size), abi_major: FMP_ABI_MAJOR,
      abi_minor: FMP_ABI_MINOR, kernel_count: UInt32(kernels.count), name: kept(plugin.identifier),
      version: kept(plugin.version), summary: kept(plugin.summary), license: kept(license),
      kernels: kept(kernels)))
}
