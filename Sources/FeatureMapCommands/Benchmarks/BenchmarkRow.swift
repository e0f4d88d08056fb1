/// What one benchmark found.
struct BenchmarkRow: Encodable {
  let name: String
  /// What is done, in a few words.
  let what: String
  let seconds: RunTimes
  /// Things done a second, at the median; `nil` where nothing is counted.
  let rate: Double?
  /// What is counted: `examples/s`.
  let rateUnit: String?
  /// Products summed in one run, as the definition has them; where Winograd's way takes fewer, that is more than is
  /// done.
  var multiplyAdds: Double?
  /// The machine's peak, measured just before and after.
  var peakGigaflops: Double?
  /// How long copying the same pixels takes, at the median, measured just before.
  var memcpySeconds: Double?
  /// Of a process.
  var peakMemoryBytes: Int?
  /// What a process wrote.
  var outputBytes: Int?

  init(_ name: String, _ what: String, _ seconds: RunTimes, count: Double? = nil, unit: String? = nil) {
    self.name = name
    self.what = what
    self.seconds = seconds
    rate = count.map { $0 / seconds.median }
    rateUnit = unit
  }

  /// Two operations for each product, a multiplication and an addition.
  var shareOfPeak: Double? {
    guard let multiplyAdds, let peakGigaflops else { return nil }
    return 2 * multiplyAdds / seconds.median / (peakGigaflops * 1e9)
  }

  /// The time in times of copying the same pixels.
  var timesMemcpy: Double? { memcpySeconds.map { seconds.median / $0 } }
}

extension BenchmarkRow {
  private enum Key: String, CodingKey {
    case name, what, seconds, rate, rateUnit, multiplyAdds, peakGigaflops, shareOfPeak
    case memcpySeconds, timesMemcpy, peakMemoryBytes, outputBytes
  }

  func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: Key.self)
    try row.encode(name, forKey: .name)
    try row.encode(what, forKey: .what)
    try row.encode(seconds, forKey: .seconds)
    try row.encodeIfPresent(rate, forKey: .rate)
    try row.encodeIfPresent(rateUnit, forKey: .rateUnit)
    try row.encodeIfPresent(multiplyAdds, forKey: .multiplyAdds)
    try row.encodeIfPresent(peakGigaflops, forKey: .peakGigaflops)
    try row.encodeIfPresent(shareOfPeak, forKey: .shareOfPeak)
    try row.encodeIfPresent(memcpySeconds, forKey: .memcpySeconds)
    try row.encodeIfPresent(timesMemcpy, forKey: .timesMemcpy)
    try row.encodeIfPresent(peakMemoryBytes, forKey: .peakMemoryBytes)
    try row.encodeIfPresent(outputBytes, forKey: .outputBytes)
  }

  static let csvHeader =
    "name,runs,median,minimum,lower_quartile,upper_quartile,maximum,rate,rate_unit,share_of_peak,times_memcpy,"
    + "peak_memory_bytes,output_bytes,what"

  var csv: [String] {
    func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "" }
    return [
      name, "\(seconds.runs)", "\(seconds.median)", "\(seconds.minimum)", "\(seconds.lowerQuartile)",
      "\(seconds.upperQuartile)", "\(seconds.maximum)", text(rate), rateUnit ?? "", text(shareOfPeak),
      text(timesMemcpy), text(peakMemoryBytes), text(outputBytes), what,
    ]
  }
}
