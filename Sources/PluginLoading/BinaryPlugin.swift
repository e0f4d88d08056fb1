import CFeatureMapPlugin
import KernelAPI
import TensorOps

/// The kernels of a shared library with the interface of `featuremap_plugin.h`.
package struct BinaryPlugin: ExternalPlugin {
  package let identifier: String
  package let version: String
  package let summary: String
  package let license: String
  package let path: String
  package let kernels: [KernelFactory]
  /// The version of the interface that it was made for, such as `1.1`.
  package let interface: String
  /// The tables of the kernels, for who calls them himself.
  package let tables: [BinaryKernelTable]

  static let entrySymbol = FMP_ENTRY_SYMBOL

  private static let tableSize = TableReader.size(through: \fmp_plugin.kernels)
  private static let kernelSize = TableReader.size(through: \fmp_kernel.run)
  private static let mostKernels = 4096

  /// - Throws: `PluginError.loading` for a library without the interface, for one of another version, and for tables
  ///   that break a rule.
  package init(_ library: SharedLibrary) throws {
    let reader = TableReader(path: library.path)
    try self.init(try Self.entry(library, reader), reader)
  }

  /// - Parameter address: of the plugin's table.
  /// - Throws: `PluginError.loading` for tables that break a rule.
  init(_ address: UnsafePointer<fmp_plugin>, _ reader: TableReader) throws {
    try reader.checkAlignment(address, "the table of the plugin")
    // These fields have their places in all major versions.
    let head = UnsafeRawPointer(address)
    let (size, major, minor) = (
      head.load(as: UInt32.self), head.load(fromByteOffset: 4, as: UInt32.self),
      head.load(fromByteOffset: 8, as: UInt32.self)
    )
    guard size >= 12 else { throw reader.problem("the table of the plugin has struct_size \(size)") }
    guard major == FMP_ABI_MAJOR else {
      throw reader.problem(
        "is made for version \(major).\(minor) of the plugin interface; this program has \(FMP_ABI_MAJOR).\(FMP_ABI_MINOR)"
      )
    }
    let table = try reader.table(
      address, "the table of the plugin", size: Self.tableSize, empty: fmp_plugin())
    identifier = try reader.name(table.name, "the name of the plugin")
    version = try reader.line(table.version, "the version of the plugin")
    summary = try reader.line(table.summary, "the summary of the plugin")
    license = try reader.line(table.license, "the license of the plugin")
    path = reader.path
    interface = "\(major).\(minor)"
    tables = try Self.kernels(table, identifier, reader)
    // One kernel without a promise is enough: its calls and those of all others come one after the other.
    // For all that use the library, whoever loaded it.
    let order: CallOrder = tables.contains { $0.promise == .none } ? Self.order(of: address) : .free
    kernels = tables.map { kernel in
      KernelFactory(kernel.descriptor) { values in
        try BinaryKernel(kernel, values, order)
      }
    }
  }

  private static func kernels(
    _ table: fmp_plugin, _ plugin: String, _ reader: TableReader
  ) throws -> [BinaryKernelTable] {
    guard (1...mostKernels).contains(Int(table.kernel_count)) else {
      throw reader.problem("the plugin has \(table.kernel_count) kernels; it must have 1...\(mostKernels)")
    }
    var names: Set<String> = []
    return try (0..<Int(table.kernel_count)).map { index in
      let address = try reader.element(table.kernels, index, "kernels")
      let kernel = try kernel(address, index, plugin, reader)
      guard names.insert(kernel.descriptor.name).inserted else {
        throw reader.problem("two kernels have the name '\(kernel.descriptor.name)'")
      }
      return kernel
    }
  }

  private static func kernel(
    _ address: UnsafePointer<fmp_kernel>?, _ index: Int, _ plugin: String, _ reader: TableReader
  ) throws -> BinaryKernelTable {
    let table = try reader.table(
      address, "the table of kernel \(index + 1)", size: kernelSize, empty: fmp_kernel())
    let name = try reader.name(table.name, "the name of kernel \(index + 1)")
    guard let promise = ThreadPromise(rawValue: table.threads) else {
      throw reader.problem("kernel \(name) has threads \(table.threads), which there is not")
    }
    guard let address, let create = table.create, let destroy = table.destroy,
      let outputShape = table.output_shape, let run = table.run
    else {
      let functions = [
        ("create", table.create == nil), ("destroy", table.destroy == nil),
        ("output_shape", table.output_shape == nil), ("run", table.run == nil),
      ]
      let missing = functions.filter(\.1).map { "\($0.0)()" }.joined(separator: ", ")
      throw reader.problem("kernel \(name) has no \(missing)")
    }
    let descriptor = KernelDescriptor(
      name: name, summary: try reader.line(table.summary, "the summary of kernel \(name)"),
      details: try reader.lines(table.details, "the details of kernel \(name)"),
      parameters: try reader.parameters(of: table, named: name))
    return BinaryKernelTable(
      plugin: plugin, descriptor: descriptor, promise: promise, address: address, create: create,
      destroy: destroy, outputShape: outputShape, geometry: table.geometry, run: run)
  }

  /// What keeps the calls into the plugin with this table apart.
  private static func order(of table: UnsafePointer<fmp_plugin>) -> CallOrder {
    orders.withLock { orders in
      if let known = orders[UInt(bitPattern: table)] { return known }
      let order = CallOrder.oneAtATime()
      orders[UInt(bitPattern: table)] = order
      return order
    }
  }

  private static let orders = Locked<[UInt: CallOrder]>([:])

  /// Calls the function that a plugin exports; once in the process for each library.
  private static func entry(
    _ library: SharedLibrary, _ reader: TableReader
  ) throws -> UnsafePointer<fmp_plugin> {
    guard let symbol = library.symbol(FMP_ENTRY_SYMBOL) else {
      throw reader.problem("is no plugin: it has no function \(FMP_ENTRY_SYMBOL)()")
    }
    typealias Entry = @convention(c) (UnsafePointer<fmp_host>?) -> UnsafePointer<fmp_plugin>?
    let table = answers.withLock { answers in
      if let known = answers[library.identity] { return known }
      let answer = UInt(
        bitPattern: unsafeBitCast(symbol, to: Entry.self)(makeHostTable(for: library.path)))
      answers[library.identity] = answer
      return answer
    }
    guard let table = UnsafePointer<fmp_plugin>(bitPattern: table) else {
      throw reader.problem(
        "the plugin says that it cannot work with version \(FMP_ABI_MAJOR).\(FMP_ABI_MINOR) of the interface")
    }
    return table
  }

  /// What plugins answered, by their libraries: addresses of tables, 0 for none.
  private static let answers = Locked<[UInt: UInt]>([:])
}

/// The plugin of a table that is in the program itself.
///
/// - Parameters:
///   - table: a `const fmp_plugin *`.
///   - path: what it is called in errors.
/// - Throws: `PluginError.loading` for NULL and for tables that break a rule.
package func loadedPlugin(table: UnsafeRawPointer?, path: String) throws -> any KernelPlugin {
  let reader = TableReader(path: path)
  guard let table else { throw reader.problem("the table of the plugin is NULL") }
  return try BinaryPlugin(table.assumingMemoryBound(to: fmp_plugin.self), reader)
}
