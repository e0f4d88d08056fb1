import KernelAPI
import PluginLoading
import TestSupport
import Testing

@Suite("A plugin's tables are read as they are, and refused when they break a rule")
struct TableTests {
  @Test("everything that a plugin says of itself")
  func description() throws {
    let plugin = try TestPlugin.load(["PARAM_COUNT=5", "UNIT=\"dB\""])
    #expect(plugin.identifier == "sample" && plugin.version == "1.2.3" && plugin.summary == "For the tests")
    #expect((plugin as? any ExternalPlugin)?.license == "MIT")
    let kernel = try #require(plugin.kernels.first?.descriptor)
    #expect(plugin.kernels.count == 1 && kernel.name == "gain")
    #expect(kernel.summary == "Every value times a factor")
    #expect(kernel.details == "out = in * factor\nNothing is cut off.")
    #expect(kernel.parameters.map(\.name) == ["factor", "amount", "toggle", "way", "label"])
    #expect(kernel.parameters.map(\.unit) == ["dB", "px", "", "", ""])
    #expect(kernel.parameters[0].summary == "what values are multiplied by")
    #expect(
      kernel.parameters.map(\.kind) == [
        .number(default: 2, in: 0...10), .integer(default: 3, in: -(1 << 53)...(1 << 53)),
        .flag(default: true),
        .choice(default: "second", of: ["first", "second", "third"]), .text(default: "none"),
      ])
    #expect(
      kernel.parameters.map(\.kind.accepted) == [
        "0...10", "any integer", "yes|no", "first|second|third", "text",
      ])
  }

  @Test("texts may be left out, and ranges be open")
  func leftOut() throws {
    let plugin = try TestPlugin.load([
      "VERSION=NULL", "PLUGIN_SUMMARY=NULL", "LICENSE=NULL", "KERNEL_SUMMARY=NULL", "DETAILS=NULL",
      "PARAM_SUMMARY=NULL", "MINIMUM=-INFINITY", "MAXIMUM=INFINITY", "GEOMETRY=NULL",
    ])
    #expect(plugin.version.isEmpty && plugin.summary.isEmpty)
    let kernel = try #require(plugin.kernels.first)
    #expect(kernel.descriptor.summary.isEmpty && kernel.descriptor.details.isEmpty)
    #expect(kernel.descriptor.parameters[0].kind.accepted == "any number")
    #expect(try kernel.make().window == .global)
    #expect(try TestPlugin.load(["PARAM_COUNT=0", "PARAMS=NULL"]).kernels[0].descriptor.parameters.isEmpty)
  }

  @Test("a plugin of version 1.0 has no units and details, one of a later version may have more")
  func versions() throws {
    // What lies behind a shorter table is not read.
    let old = try TestPlugin.load([
      "MINOR=0", "PARAM_SIZE=offsetof(fmp_param, unit) - 4", "KERNEL_SIZE=offsetof(fmp_kernel, details)",
      "UNIT=(const char *)16", "DETAILS=(const char *)16",
    ])
    #expect(old.kernels[0].descriptor.details.isEmpty)
    #expect(old.kernels[0].descriptor.parameters[0].unit.isEmpty)
    // Half of a field is none of it.
    let half = try TestPlugin.load([
      "KERNEL_SIZE=offsetof(fmp_kernel, details) + 4", "DETAILS=(const char *)16",
    ])
    #expect(half.kernels[0].descriptor.details.isEmpty)
    let new = try TestPlugin.load(["MINOR=9", "PLUGIN_SIZE=4000", "KERNEL_SIZE=4000", "PARAM_SIZE=4000"])
    #expect(new.kernels[0].descriptor.details.hasPrefix("out"))
  }

  @Test(
    "plugins", .serialized,
    arguments: [
      ("MAJOR=7", "is made for version 7.1 of the plugin interface; this program has 1.1"),
      ("MAJOR=0", "is made for version 0.1 of the plugin interface; this program has 1.1"),
      ("ANSWER=NULL", "the plugin says that it cannot work with version 1.1 of the interface"),
      ("ANSWER=(const fmp_plugin *)((const char *)&plugin + 1)", "the table of the plugin is not aligned"),
      ("PLUGIN_SIZE=0", "the table of the plugin has struct_size 0"),
      ("PLUGIN_SIZE=16", "the table of the plugin has struct_size 16; version 1.0 has 56 bytes"),
      ("KERNEL_COUNT=0", "the plugin has 0 kernels; it must have 1...4096"),
      ("KERNEL_COUNT=5000", "the plugin has 5000 kernels; it must have 1...4096"),
      ("PLUGIN_NAME=NULL", "the name of the plugin is NULL"),
      ("PLUGIN_NAME=\"\"", "the name of the plugin is ''; names have lower-case letters, digits and hyphens"),
      (
        "PLUGIN_NAME=\"A b\"",
        "the name of the plugin is 'A b'; names have lower-case letters, digits and hyphens"
      ),
      ("PLUGIN_NAME=long_text", "the name of the plugin has no NUL within 65,536 bytes"),
      ("VERSION=\"1\\n2\"", "the version of the plugin has control characters"),
      ("PLUGIN_SUMMARY=\"\\xff\"", "the summary of the plugin is not UTF-8"),
      ("LICENSE=\"\\033[2J\"", "the license of the plugin has control characters"),
      ("KERNELS=NULL", "the list of kernels is NULL"),
      (
        "KERNELS=(const fmp_kernel *const *)((const char *)kernels + 4)", "the list of kernels is not aligned"
      ),
    ])
  func plugins(change: String, expected: String) throws {
    #expect(try TestPlugin.problem([change]) == expected)
  }

  @Test(
    "kernels", .serialized,
    arguments: [
      ("FIRST_KERNEL=NULL", "the table of kernel 1 is NULL"),
      ("KERNEL_SIZE=8", "the table of kernel 1 has struct_size 8; version 1.0 has 88 bytes"),
      ("THREADS=3", "kernel gain has threads 3, which there is not"),
      ("KERNEL_NAME=NULL", "the name of kernel 1 is NULL"),
      (
        "KERNEL_NAME=\"Gain\"",
        "the name of kernel 1 is 'Gain'; names have lower-case letters, digits and hyphens"
      ),
      ("KERNEL_SUMMARY=\"a\\tb\"", "the summary of kernel gain has control characters"),
      ("DETAILS=\"a\\033b\"", "the details of kernel gain has control characters"),
      ("CREATE=NULL", "kernel gain has no create()"), ("DESTROY=NULL", "kernel gain has no destroy()"),
      ("SHAPE=NULL", "kernel gain has no output_shape()"), ("RUN=NULL", "kernel gain has no run()"),
      ("PARAM_COUNT=300", "kernel gain has 300 parameters; 256 are the most"),
      ("PARAMS=NULL", "the list of parameters of kernel gain is NULL"),
    ])
  func kernels(change: String, expected: String) throws {
    #expect(try TestPlugin.problem([change]) == expected)
  }

  @Test("two kernels of one name, and two parameters")
  func sameNames() throws {
    #expect(
      try TestPlugin.problem(["KERNEL_NAME=\"careful\"", "KERNEL_COUNT=2"])
        == "two kernels have the name 'careful'")
    #expect(
      try TestPlugin.problem(["PARAM_NAME=\"amount\"", "PARAM_COUNT=2"])
        == "kernel gain has two parameters 'amount'")
  }

  @Test(
    "parameters", .serialized,
    arguments: [
      (["FIRST_PARAM=NULL"], "parameter 1 of kernel gain is NULL"),
      (["PARAM_SIZE=4"], "parameter 1 of kernel gain has struct_size 4; version 1.0 has 68 bytes"),
      (["PARAM_NAME=NULL"], "the name of parameter 1 of kernel gain is NULL"),
      (
        ["PARAM_NAME=\"a_b\""],
        "the name of parameter 1 of kernel gain is 'a_b'; names have lower-case letters, digits and hyphens"
      ),
      (["KIND=9"], "parameter 1 of kernel gain, 'factor', is of kind 9, which there is not"),
      (["UNIT=\"a\\nb\""], "the unit of parameter 1 of kernel gain, 'factor', has control characters"),
      (["PARAM_SUMMARY=\"\\xc3\""], "the summary of parameter 1 of kernel gain, 'factor', is not UTF-8"),
      (["KIND=FMP_PARAM_BOOL"], "is a BOOL with default 2.0; it must be 0 or 1"),
      (
        ["KIND=FMP_PARAM_INT", "DEFAULT=1.5"], "is an INT with default 1.5; it must be integral, within 2^53"
      ),
      (
        ["KIND=FMP_PARAM_INT", "DEFAULT=1e30"],
        "is an INT with default 1e+30; it must be integral, within 2^53"
      ),
      (
        ["KIND=FMP_PARAM_INT", "MINIMUM=0.5"],
        "is an INT with the bound 0.5; bounds must be integral or infinite"
      ),
      (
        ["KIND=FMP_PARAM_INT", "MAXIMUM=NAN"],
        "is an INT with the bound nan; bounds must be integral or infinite"
      ),
      (["KIND=FMP_PARAM_INT", "MAXIMUM=1"], "has the default 2.0 outside of its range 0.0...1.0"),
      (["DEFAULT=NAN"], "has the default nan, which is not finite"),
      (["DEFAULT=INFINITY", "MAXIMUM=INFINITY"], "has the default inf, which is not finite"),
      (["MINIMUM=3"], "has the default 2.0 outside of its range 3.0...10.0"),
      (["MINIMUM=NAN"], "has the default 2.0 outside of its range nan...10.0"),
      (["MINIMUM=8", "MAXIMUM=1"], "has the default 2.0 outside of its range 8.0...1.0"),
      (["KIND=FMP_PARAM_CHOICE"], "has 0 choices; it must have 1...1024"),
      (["KIND=FMP_PARAM_CHOICE", "CHOICE_COUNT=2000"], "has 2000 choices; it must have 1...1024"),
      (["KIND=FMP_PARAM_CHOICE", "CHOICE_COUNT=3"], "is NULL"),
      (
        ["KIND=FMP_PARAM_CHOICE", "CHOICES=words", "CHOICE_COUNT=2"],
        "has the default 2.0; it must be the index of one of 2 choices"
      ),
      (
        ["KIND=FMP_PARAM_CHOICE", "CHOICES=words", "CHOICE_COUNT=2", "DEFAULT=-1"],
        "has the default -1.0; it must be the index of one of 2 choices"
      ),
      (
        ["KIND=FMP_PARAM_CHOICE", "CHOICES=bad_words", "CHOICE_COUNT=2", "DEFAULT=0"],
        "is 'two words'; choices are different words of letters, digits and -_.+"
      ),
      (
        ["KIND=FMP_PARAM_CHOICE", "CHOICES=same_words", "CHOICE_COUNT=2", "DEFAULT=0"],
        "is 'first'; choices are different words of letters, digits and -_.+"
      ),
      (
        ["KIND=FMP_PARAM_CHOICE", "CHOICES=null_words", "CHOICE_COUNT=2", "DEFAULT=0"],
        "is ''; choices are different words of letters, digits and -_.+"
      ),
      (["KIND=FMP_PARAM_TEXT", "TEXT=\"a\\001\""], "has control characters"),
    ])
  func parameters(changes: [String], expected: String) throws {
    let problem = try TestPlugin.problem(changes)
    #expect(problem.hasSuffix(expected), "\(problem)")
  }
}
