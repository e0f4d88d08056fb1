// The contract wants tables and strings to stay until the process ends, so nothing here is ever freed.

/// A value with an address.
func kept<Value>(_ value: Value) -> UnsafePointer<Value> {
  let place = UnsafeMutablePointer<Value>.allocate(capacity: 1)
  place.initialize(to: value)
  return UnsafePointer(place)
}

/// The elements one after the other; `nil` where there are none.
func kept<Element>(_ values: [Element]) -> UnsafePointer<Element>? {
  guard !values.isEmpty else { return nil }
  let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: values.count)
  _ = buffer.initialize(from: values)
  return UnsafePointer(buffer.baseAddress)
}

/// The UTF-8 bytes of a text and a NUL.
func kept(_ text: String) -> UnsafePointer<CChar>? {
  kept(text.utf8.map { CChar(bitPattern: $0) } + [0])
}
