import CFeatureMapPlugin
import KernelAPI

/// Reads the tables of a plugin and refuses what breaks a rule of the interface.
///
/// Pointers are followed as the tables say; what cannot be seen from here is whether they lead anywhere.
struct TableReader {
  let path: String

  func problem(_ text: String) -> PluginError { .loading(path: path, problem: text) }

  /// A copy of a table: what its writer's version of the interface has, zeros for all later fields.
  ///
  /// - Parameters:
  ///   - what: the table's name for errors, such as `the table of kernel 2`.
  ///   - size: bytes of version 1.0, which every table has.
  ///   - empty: a table of zeros.
  func table<Table>(
    _ address: UnsafePointer<Table>?, _ what: String, size: Int, empty: Table
  ) throws(PluginError) -> Table {
    guard let address else { throw problem("\(what) is NULL") }
    try checkAlignment(address, what)
    // struct_size is the first field of every table.
    let told = Int(UnsafeRawPointer(address).load(as: UInt32.self))
    guard told >= size else {
      throw problem("\(what) has struct_size \(told); version 1.0 has \(size) bytes")
    }
    var copy = empty
    // Whole fields only: those after version 1.0 are pointers.
    let count = min(max(size, told & ~7), MemoryLayout<Table>.size)
    withUnsafeMutableBytes(of: &copy) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
    }
    return copy
  }

  func checkAlignment<Value>(_ address: UnsafePointer<Value>, _ what: String) throws(PluginError) {
    guard UInt(bitPattern: address) % UInt(MemoryLayout<Value>.alignment) == 0 else {
      throw problem("\(what) is not aligned")
    }
  }

  /// An element of a list of tables.
  func element<Table>(
    _ list: UnsafePointer<UnsafePointer<Table>?>?, _ index: Int, _ what: String
  ) throws(PluginError) -> UnsafePointer<Table>? {
    guard let list else { throw problem("the list of \(what) is NULL") }
    try checkAlignment(list, "the list of \(what)")
    return list[index]
  }

  /// A text of one line, which may be NULL.
  func line(_ address: UnsafePointer<CChar>?, _ what: String) throws(PluginError) -> String {
    do throws(ForeignTextProblem) {
      return try foreignText(address)
    } catch {
      throw problem("\(what) \(error.rawValue)")
    }
  }

  func lines(_ address: UnsafePointer<CChar>?, _ what: String) throws(PluginError) -> String {
    do throws(ForeignTextProblem) {
      return try foreignText(address, hasLines: true)
    } catch {
      throw problem("\(what) \(error.rawValue)")
    }
  }

  /// A name of lower-case letters, digits and hyphens.
  func name(_ address: UnsafePointer<CChar>?, _ what: String) throws(PluginError) -> String {
    guard address != nil else { throw problem("\(what) is NULL") }
    let name = try line(address, what)
    guard isValidKernelName(name) else {
      throw problem("\(what) is '\(name)'; names have lower-case letters, digits and hyphens")
    }
    return name
  }

  func require(_ isThere: Bool, _ function: String, of kernel: String) throws(PluginError) {
    if !isThere { throw problem("kernel \(kernel) has no \(function)()") }
  }

  /// The bytes of a table up to the end of one of its fields.
  static func size<Table, Field>(through field: KeyPath<Table, Field>) -> Int {
    guard let offset = MemoryLayout<Table>.offset(of: field) else {
      preconditionFailure("every field of a C struct has a place")
    }
    return offset + MemoryLayout<Field>.size
  }
}
