import CKernels

extension InnerLoops {
  /// Multiplications and additions in registers and nothing else: what to compare other loops with.
  ///
  /// - Parameter rounds: how often; a million take some milliseconds.
  /// - Returns: how many multiplications and additions of numbers this was.
  package func peakLoop(rounds: Int) -> Double {
    // Sums that stay as they are, whatever the rounds; the compiler does not know.
    var sum: Float = 0
    return table.pointee.peak(max(0, rounds), 1, 0, &sum)
  }
}
