extension fmp_kernel {
  /// The table of a kind of kernels.
  init(_ factory: KernelFactory) {
    let descriptor = factory.descriptor
    let parameters = descriptor.parameters.map { kept(fmp_param($0)) as UnsafePointer<fmp_param>? }
    self.init(
      struct_size: UInt32(MemoryLayout<fmp_kernel>.size), threads: FMP_THREADS_FULL,
      name: kept(descriptor.name), summary: kept(descriptor.summary), params: kept(parameters),
      param_count: UInt32(parameters.count),
      user: Unmanaged.passRetained(Box(factory)).toOpaque(), create: createKernel, destroy: destroyKernel,
      output_shape: tellOutputShape, geometry: tellGeometry, run: runKernel,
      details: kept(descriptor.details))
  }
}

extension fmp_param {
  /// The table of a setting. What breaks the contract's rules goes through unchanged, for the program to refuse.
  init(_ parameter: ParameterDescriptor) {
    self.init()
    struct_size = UInt32(MemoryLayout<fmp_param>.size)
    name = UnsafePointer(kept(parameter.name))
    summary = UnsafePointer(kept(parameter.summary))
    unit = UnsafePointer(kept(parameter.unit))
    switch parameter.kind {
    case .flag(let value):
      kind = FMP_PARAM_BOOL
      default_number = value ? 1 : 0
    case .integer(let value, let range):
      kind = FMP_PARAM_INT
      default_number = Double(value)
      // Beyond what a Double counts exactly there is no bound.
      minimum = range.lowerBound < -1 << 53 ? -.infinity : Double(range.lowerBound)
      maximum = range.upperBound > 1 << 53 ? .infinity : Double(range.upperBound)
    case .number(let value, let range):
      kind = FMP_PARAM_FLOAT
      default_number = value
      minimum = range.lowerBound
      maximum = range.upperBound
    case .choice(let value, let words):
      kind = FMP_PARAM_CHOICE
      default_number = Double(words.firstIndex(of: value) ?? -1)
      choices = kept(words.map { kept($0) })
      choice_count = UInt32(words.count)
    case .text(let value):
      kind = FMP_PARAM_TEXT
      default_text = kept(value)
    }
  }
}

/// A value that C code holds by its address.
final class Box<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }

  /// What lies at the address of a box.
  static func value(at address: UnsafeMutableRawPointer) -> Value {
    Unmanaged<Box<Value>>.fromOpaque(address).takeUnretainedValue().value
  }
}
