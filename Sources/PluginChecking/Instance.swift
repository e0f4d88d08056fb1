import CFeatureMapPlugin
import CPluginProbe
import KernelAPI
import PluginLoading

/// A kernel that was made, called with watched memory; every call is announced before it is made.
final class Instance: @unchecked Sendable {
  // Threads call it as the plugin's promise allows.
  let table: BinaryKernelTable
  let settings: Settings
  private let pointer: UnsafeMutableRawPointer
  /// What create() was given, which nobody may touch any more.
  private let memory: [fm_watched]

  /// What a call answered.
  struct Answer {
    var code: Int32
    /// What the plugin said of a failure.
    var message: String
    /// What is wrong with the way it said it.
    var problem: String?
  }

  /// - Returns: `nil` and the answer where the plugin refuses the settings.
  static func make(
    _ table: BinaryKernelTable, _ settings: Settings
  ) -> (instance: Instance?, answer: Answer) {
    var memory: [fm_watched] = []
    func watched(_ kind: fm_watch_kind, _ size: Int) -> UnsafeMutableRawPointer? {
      let part = fm_watch(kind, size, 1)
      memory.append(part)
      return UnsafeMutableRawPointer(part.data)
    }
    let size = MemoryLayout<fmp_value>.stride
    let values = settings.values.isEmpty ? nil : watched(FM_WATCH_VALUES, size * settings.values.count)
    for (index, value) in settings.values.enumerated() {
      var given = fmp_value()
      switch value {
      case .number(let number): given.number = number
      case .text(let text):
        let bytes = Array(text.utf8) + [0]
        let room = watched(FM_WATCH_TEXT, bytes.count)
        room?.copyMemory(from: bytes, byteCount: bytes.count)
        given.text = room.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
      }
      values?.storeBytes(of: given, toByteOffset: index * size, as: fmp_value.self)
    }
    for part in memory { withUnsafePointer(to: part) { fm_watch_allow($0, FM_ACCESS_READ) } }
    var made: UnsafeMutableRawPointer?
    let answer = withError { error in
      made = table.create(
        table.address, values?.assumingMemoryBound(to: fmp_value.self), UInt32(settings.values.count), error)
      return made == nil ? error.pointee.code : FMP_OK
    }
    for part in memory { withUnsafePointer(to: part) { fm_watch_allow($0, FM_ACCESS_NONE) } }
    guard let made else {
      free(memory)
      return (nil, answer)
    }
    return (Instance(table, settings, made, memory), answer)
  }

  private init(
    _ table: BinaryKernelTable, _ settings: Settings, _ pointer: UnsafeMutableRawPointer,
    _ memory: [fm_watched]
  ) {
    self.table = table
    self.settings = settings
    self.pointer = pointer
    self.memory = memory
  }

  /// Once, after which it may not be called.
  func destroy() {
    table.destroy(pointer)
    Self.free(memory)
  }

  private static func free(_ memory: [fm_watched]) {
    for part in memory { withUnsafePointer(to: part) { fm_unwatch($0) } }
  }

  func geometry() -> (geometry: fmp_geometry, answer: Answer)? {
    guard let function = table.geometry else { return nil }
    var geometry = fmp_geometry()
    geometry.struct_size = UInt32(MemoryLayout<fmp_geometry>.size)
    let answer = Self.withError { function(pointer, &geometry, $0) }
    return (geometry, answer)
  }

  func outputShape(_ input: fmp_shape) -> (shape: fmp_shape, answer: Answer) {
    var given = input
    var shape = fmp_shape()
    let answer = Self.withError { table.outputShape(pointer, &given, &shape, $0) }
    return (shape, answer)
  }

  /// Runs on a copy of the input that nobody may write to.
  ///
  /// - Parameter atEnd: whether the memory behind input and output is watched, else that before them.
  /// - Returns: the bits of the output.
  func run(_ input: [Float], _ shape: fmp_shape, output: fmp_shape, atEnd: Bool) -> (
    bits: [UInt32], answer: Answer
  ) {
    let size = MemoryLayout<Float>.stride
    var source = fm_watch(FM_WATCH_INPUT, input.count * size, atEnd ? 1 : 0)
    var goal = fm_watch(FM_WATCH_OUTPUT, output.count * size, atEnd ? 1 : 0)
    defer {
      fm_unwatch(&source)
      fm_unwatch(&goal)
    }
    guard let sourceData = source.data, let goalData = goal.data else {
      return ([], Answer(code: FMP_ERROR_MEMORY, message: "", problem: nil))
    }
    let from = UnsafeMutableRawPointer(sourceData)
    let to = UnsafeMutableRawPointer(goalData).bindMemory(to: UInt32.self, capacity: output.count)
    from.copyMemory(from: input, byteCount: input.count * size)
    fm_watch_allow(&source, FM_ACCESS_READ)
    to.update(repeating: Self.unwritten, count: output.count)
    var given = fmp_input(data: from.assumingMemoryBound(to: Float.self), shape: shape)
    var wanted = fmp_output(
      data: UnsafeMutableRawPointer(goalData).assumingMemoryBound(to: Float.self), shape: output)
    let answer = Self.withError { table.run(pointer, &given, &wanted, $0) }
    return (Array(UnsafeBufferPointer(start: to, count: output.count)), answer)
  }

  /// What an output holds before the call: a NaN that no arithmetic gives.
  static let unwritten: UInt32 = 0x7fc0_dead

  /// Lends a cleared error at the end of watched memory and judges what is in it afterwards.
  private static func withError(_ body: (UnsafeMutablePointer<fmp_error>) -> Int32) -> Answer {
    let size = MemoryLayout<fmp_error>.size
    var memory = fm_watch(FM_WATCH_ERROR, size, 1)
    defer { fm_unwatch(&memory) }
    guard let data = memory.data else { return Answer(code: FMP_ERROR_MEMORY, message: "", problem: nil) }
    let error = UnsafeMutableRawPointer(data).bindMemory(to: fmp_error.self, capacity: 1)
    error.pointee.struct_size = UInt32(size)
    let code = body(error)
    let bytes = withUnsafeBytes(of: &error.pointee.message) { Array($0) }
    let text = bytes.prefix { $0 != 0 }
    let message = String(decoding: text, as: UTF8.self)
    var problem: String?
    if code == FMP_OK {
      if error.pointee.code != 0 || !text.isEmpty { problem = "succeeds, but writes an error" }
    } else if text.isEmpty {
      problem = "fails without a message"
    } else if text.count == bytes.count {
      problem = "writes a message without a NUL at its end"
    } else if String(validating: text, as: UTF8.self) == nil {
      problem = "writes a message that is not UTF-8"
    } else if message.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      problem = "writes a message with control characters, such as newlines"
    }
    return Answer(code: code, message: message, problem: problem)
  }
}

extension fmp_shape {
  /// The number of values; of a shape that is possible.
  var count: Int { Int(channels) * Int(height) * Int(width) }

  var text: String { "\(channels)x\(height)x\(width)" }

  /// Whether its sizes are at least 1 and its values at most 2^31.
  var isPossible: Bool {
    let (plane, overflow) = UInt64(height).multipliedReportingOverflow(by: UInt64(width))
    let (count, overflow2) = plane.multipliedReportingOverflow(by: UInt64(channels))
    return !overflow && !overflow2 && (1...(1 << 31)).contains(count)
  }

  static func == (a: fmp_shape, b: fmp_shape) -> Bool {
    a.channels == b.channels && a.height == b.height && a.width == b.width
  }
}
