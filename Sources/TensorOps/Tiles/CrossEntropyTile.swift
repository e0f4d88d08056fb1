import CKernels
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax and cross-entropy of a tile in lanes; `crossEntropy` defines it.
///
/// - Parameters:
///   - logits: [classes][16].
///   - labels: one for each example, below `classes`.
///   - scale: factor of loss and gradient, one over the size of the whole batch.
///   - gradient: gets [classes][16], 0 in lanes without an example.
/// - Returns: the scaled loss of the examples, and how many have their largest logit at the label.
package func crossEntropy(
  logits: UnsafePointer<Float>, classes: Int, labels: UnsafeBufferPointer<UInt8>, scale: Double,
  gradient: UnsafeMutablePointer<Float>, loops: InnerLoops = .best
) -> (loss: Double, correct: Int) {
  let lanes = InnerLoops.lanes
  loops.table.pointee.softmax(logits, Int32(classes), lanes, gradient)
  var loss = 0.0
  var correct = 0
  for (lane, label) in labels.enumerated() {
    var best = 0
    for c in 1..<max(classes, 1) where logits[c * lanes + lane] > logits[best * lanes + lane] { best = c }
    // The largest probability is 1 / sum, and its logit the one that softmax subtracts.
    let place = Int(label) * lanes + lane
    let difference = Double(logits[place]) - Double(logits[best * lanes + lane])
    loss -= log(Double(gradient[best * lanes + lane])) + difference
    if best == Int(label) { correct += 1 }
    gradient[place] -= 1
  }
  let factor = Float(scale)
  for i in 0..<classes * lanes { gradient[i] = i % lanes < labels.count ? gradient[i] * factor : 0 }
  return (loss * scale, correct)
}
