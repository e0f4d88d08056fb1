// The functions of the tables. The program keeps the contract: it passes no NULL where none is allowed; the
// guards are for the compiler.

/// `fmp_kernel.create`
func createKernel(
  _ table: UnsafePointer<fmp_kernel>?, _ values: UnsafePointer<fmp_value>?, _ count: UInt32,
  _ error: UnsafeMutablePointer<fmp_error>?
) -> UnsafeMutableRawPointer? {
  var instance: UnsafeMutableRawPointer?
  _ = reporting(error, as: FMP_ERROR_PARAMETER) {
    guard let user = table?.pointee.user else { throw CallProblem.missingPointer }
    let factory = Box<KernelFactory>.value(at: user)
    let settings = try settings(
      UnsafeBufferPointer(start: values, count: Int(count)), of: factory.descriptor)
    instance = Unmanaged.passRetained(Box<any Kernel>(try factory.make(settings))).toOpaque()
  }
  return instance
}

/// `fmp_kernel.destroy`
func destroyKernel(_ instance: UnsafeMutableRawPointer?) {
  if let instance { Unmanaged<Box<any Kernel>>.fromOpaque(instance).release() }
}

/// `fmp_kernel.output_shape`
func tellOutputShape(
  _ instance: UnsafeMutableRawPointer?, _ input: UnsafePointer<fmp_shape>?,
  _ output: UnsafeMutablePointer<fmp_shape>?, _ error: UnsafeMutablePointer<fmp_error>?
) -> Int32 {
  reporting(error, as: FMP_ERROR_SHAPE) {
    guard let instance, let input, let output else { throw CallProblem.missingPointer }
    let shape = try Box<any Kernel>.value(at: instance).outputShape(for: Shape(input.pointee))
    output.pointee = try fmp_shape(shape)
  }
}

/// `fmp_kernel.geometry`
func tellGeometry(
  _ instance: UnsafeMutableRawPointer?, _ geometry: UnsafeMutablePointer<fmp_geometry>?,
  _ error: UnsafeMutablePointer<fmp_error>?
) -> Int32 {
  reporting(error) {
    guard let instance, let geometry else { throw CallProblem.missingPointer }
    geometry.pointee.set(Box<any Kernel>.value(at: instance).window)
  }
}

/// `fmp_kernel.run`
func runKernel(
  _ instance: UnsafeMutableRawPointer?, _ input: UnsafePointer<fmp_input>?,
  _ output: UnsafePointer<fmp_output>?, _ error: UnsafeMutablePointer<fmp_error>?
) -> Int32 {
  reporting(error) {
    guard let instance, let input = input?.pointee, let output = output?.pointee else {
      throw CallProblem.missingPointer
    }
    let shape = Shape(input.shape)
    let values = Array(UnsafeBufferPointer(start: input.data, count: shape.count))
    let kernel = Box<any Kernel>.value(at: instance)
    let result = try kernel(Tensor(shape: shape, values: values))
    let promised = Shape(output.shape)
    guard result.shape == promised, result.values.count == promised.count else {
      throw CallProblem.otherShape(result.shape, promised: promised)
    }
    _ = UnsafeMutableBufferPointer(start: output.data, count: promised.count)
      .update(fromContentsOf: result.values)
  }
}

/// The values as a user would have written them, so that they are read and checked in one place.
private func settings(
  _ values: UnsafeBufferPointer<fmp_value>, of descriptor: KernelDescriptor
) throws -> [KernelSpecification.Setting] {
  guard values.count == descriptor.parameters.count else {
    throw CallProblem.valueCount(values.count, expected: descriptor.parameters.count)
  }
  return zip(descriptor.parameters, values).map { parameter, value in
    let number = value.number
    let text =
      switch parameter.kind {
      case .integer: Int(exactly: number).map { "\($0)" } ?? "\(number)"
      case .number: "\(number)"
      case .flag: number == 0 ? "no" : "yes"
      case .choice(_, let words):
        Int(exactly: number).flatMap { words.indices.contains($0) ? words[$0] : nil }
          ?? "\(number)"
      case .text: value.text.map { String(cString: $0) } ?? ""
      }
    return KernelSpecification.Setting(parameter.name, text)
  }
}

extension Shape {
  init(_ shape: fmp_shape) {
    self.init(channels: Int(shape.channels), height: Int(shape.height), width: Int(shape.width))
  }
}

extension fmp_shape {
  /// - Throws: `CallProblem.impossibleShape` for what no single example can have.
  init(_ shape: Shape) throws {
    let sizes = [shape.channels, shape.height, shape.width]
    let count = sizes.reduce(1) { product, size in
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? Int.max : next
    }
    guard shape.batch == 1, sizes.allSatisfy({ $0 >= 1 }), count <= 1 << 31 else {
      throw CallProblem.impossibleShape(shape)
    }
    self.init(
      channels: UInt32(shape.channels), height: UInt32(shape.height), width: UInt32(shape.width))
  }
}

extension fmp_geometry {
  /// Windows larger than the contract allows stay global, as the program sees them then.
  mutating func set(_ window: Window) {
    let (size, stride, offset): (Extent, Extent, Offset)
    switch window {
    case .global:
      kind = FMP_GEOMETRY_GLOBAL
      return
    case .pointwise: (size, stride, offset) = (.one, .one, .zero)
    case .local(let kernel, let step, let start, let dilation):
      size = Extent(
        height: (kernel.height - 1) * dilation.height + 1, width: (kernel.width - 1) * dilation.width + 1)
      (stride, offset) = (step, start)
    }
    let lengths = [size.height, size.width, stride.height, stride.width]
    guard lengths.allSatisfy((1...4096).contains), [offset.y, offset.x].allSatisfy((-4096...4096).contains)
    else {
      kind = FMP_GEOMETRY_GLOBAL
      return
    }
    kind = FMP_GEOMETRY_LOCAL
    (size_y, size_x) = (Int32(size.height), Int32(size.width))
    (stride_y, stride_x) = (Int32(stride.height), Int32(stride.width))
    (offset_y, offset_x) = (Int32(offset.y), Int32(offset.x))
  }
}
