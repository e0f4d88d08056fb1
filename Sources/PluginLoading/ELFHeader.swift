/// The first bytes of an ELF file of 64 bits.
///
/// Source: System V Application Binary Interface, chapter "Object Files".
struct ELFHeader {
  static let size = 64
  static let sharedObject: UInt64 = 3

  private let bytes: [UInt8]

  /// - Returns: `nil` for what is no ELF file.
  init?(_ bytes: [UInt8]?) {
    guard let bytes, bytes.count >= Self.size, bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      return nil
    }
    self.bytes = bytes
  }

  var is64Bit: Bool { bytes[4] == 2 }
  var isLittleEndian: Bool { bytes[5] == 1 }
  var type: UInt64 { Self.number(bytes, at: 16, count: 2) }
  var machine: UInt64 { isLittleEndian ? Self.number(bytes, at: 18, count: 2) : UInt64(bytes[19]) }
  var programHeaders: UInt64 { Self.number(bytes, at: 32, count: 8) }
  private var sectionHeaders: UInt64 { Self.number(bytes, at: 40, count: 8) }
  var programHeaderSize: UInt64 { Self.number(bytes, at: 54, count: 2) }
  var programHeaderCount: UInt64 { Self.number(bytes, at: 56, count: 2) }

  /// Where the table of sections ends, which is the last part of most files; 0 where there is none.
  var sectionsEnd: UInt64 {
    let (end, overflow) = sectionHeaders.addingReportingOverflow(
      Self.number(bytes, at: 58, count: 2) * Self.number(bytes, at: 60, count: 2))
    return overflow ? .max : end
  }

  /// Where the parts of the file end that are brought to memory.
  ///
  /// - Parameter table: the program headers.
  func segmentEnds(_ table: [UInt8]) -> [UInt64] {
    let size = Int(programHeaderSize)
    guard size >= 56 else { return [] }
    return stride(from: 0, to: table.count - size + 1, by: size).map { start in
      let (end, overflow) = Self.number(table, at: start + 8, count: 8).addingReportingOverflow(
        Self.number(table, at: start + 32, count: 8))
      return overflow ? .max : end
    }
  }

  var typeName: String {
    switch type {
    case 1: "an object file (link it with -shared)"
    case 2: "a program"
    case 4: "a core dump"
    default: "an ELF file of type \(type)"
    }
  }

  var machineName: String { Self.name(ofMachine: machine) }

  static func name(ofMachine number: UInt64) -> String {
    switch number {
    case 3: "i386"
    case 21: "ppc64"
    case 22: "s390x"
    case 40: "arm"
    case 62: "x86_64"
    case 183: "aarch64"
    case 243: "riscv"
    default: "machine number \(number)"
    }
  }

  #if arch(x86_64)
    static let thisMachine: UInt64 = 62
  #elseif arch(arm64)
    static let thisMachine: UInt64 = 183
  #endif

  /// In little-endian order.
  private static func number(_ bytes: [UInt8], at offset: Int, count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
  }
}
