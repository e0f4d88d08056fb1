import FeatureMap
import TestSupport
import Testing

@Suite("featuremap train")
struct TrainTests {
  /// A folder with a data set of noise in the folder `data`.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try createFolder(folder("data"))
    var generator = SplitMix64(seed: 1)
    for (part, count) in [("train", 64), ("t10k", 16)] {
      let pixels = (0..<count * 784).map { _ in UInt8(generator.index(below: 256)) }
      let number: [UInt8] = [0, 0, 0, UInt8(count)]
      try writeFile(
        [0, 0, 8, 3] + number + [0, 0, 0, 28, 0, 0, 0, 28] + pixels,
        to: folder("data/\(part)-images-idx3-ubyte"))
      try writeFile(
        [0, 0, 8, 1] + number + (0..<count).map { UInt8($0 % 10) },
        to: folder("data/\(part)-labels-idx1-ubyte"))
    }
    return folder
  }

  private func train(_ arguments: String, in folder: TemporaryFolder) throws -> Program.Result {
    try Program.run(
      ["train", "--data", "data"] + arguments.split(separator: " ").map(String.init), in: folder.path)
  }

  @Test("weights that are there are replaced with --force only")
  func existingWeights() throws {
    let folder = try folder()
    let first = try train("--epochs 1 -o w.safetensors", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    let weights = try readFile(folder("w.safetensors"))
    let refused = try train("--epochs 1 --seed 2 -o w.safetensors", in: folder)
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(
      refused.errors
        == "featuremap: w.safetensors is there already; name another file with -o, or replace it with --force\n"
    )
    #expect(try readFile(folder("w.safetensors")) == weights)
    #expect(try listFolder(folder.path) == ["data", "w.safetensors"])
    #expect(try train("--epochs 1 --seed 2 -o w.safetensors --force", in: folder).status == 0)
    #expect(try readFile(folder("w.safetensors")) != weights)
  }

  @Test("a training that was stopped is not begun anew by mistake, and goes on as it was told to")
  func stopped() throws {
    let folder = try folder()
    let stopped = try stoppedTraining("--epochs 100000 -o w.safetensors", in: folder)
    #expect(stopped.output == "130\n", "\(stopped.errors)")
    let command = "featuremap train --data data -o w.safetensors --resume w.checkpoint.safetensors"
    #expect(stopped.errors.contains("; go on with\n  \(command)\n"), "\(stopped.errors)")
    let checkpoint = try readFile(folder("w.checkpoint.safetensors"))
    let refused = try train("--epochs 1 -o w.safetensors", in: folder)
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(
      refused.errors
        == "featuremap: w.checkpoint.safetensors is there already, of a training that was not finished; "
        + "go on with --resume w.checkpoint.safetensors, or replace it with --force\n")
    #expect(try readFile(folder("w.checkpoint.safetensors")) == checkpoint)
    let resumed = try stoppedTraining("-o w.safetensors --resume w.checkpoint.safetensors", in: folder)
    #expect(resumed.output == "130\n", "\(resumed.errors)")
    #expect(try readFile(folder("w.checkpoint.safetensors")) != checkpoint)
    #expect(try listFolder(folder.path) == ["data", "log", "w.checkpoint.safetensors"])
  }

  /// A training that is stopped by Ctrl-C after its first epoch, and its status as what is printed.
  private func stoppedTraining(_ arguments: String, in folder: TemporaryFolder) throws -> Program.Result {
    // With job control: what runs in the background would otherwise ignore Ctrl-C.
    let script = """
      set -m
      "$0" train --data data \(arguments) >log &
      until grep -q ^epoch log || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
      kill -INT $!
      wait $!
      echo $?
      """
    return try Program.run(executable: "/bin/bash", ["-c", script, Program.path], in: folder.path)
  }
}
