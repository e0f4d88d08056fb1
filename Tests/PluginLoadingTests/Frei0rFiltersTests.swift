import FileAccess
import KernelAPI
import PluginLoading
import TensorCore
import TestSupport
import Testing

@Suite("frei0r filters are found by their names, and no other file is opened")
struct Frei0rFiltersTests {
  /// Two folders: `one` with a filter and files that are none, `two` with a maker's folder.
  private func filters() throws -> (Frei0rFilters, TemporaryFolder) {
    let folder = try TemporaryFolder()
    for name in ["one", "two", "two/maker"] { try createFolder(folder(name)) }
    try FakeFrei0r.build(to: folder("one/glow_0r.so"))
    try FakeFrei0r.build(["TYPE=2"], to: folder("two/mix.so"))
    try FakeFrei0r.build(["TYPE=1"], to: folder("two/maker/Draw.so"))
    for name in ["one/broken.so", "one/baltan.so", "one/notes.txt", "one/two words.so", "two/glow_0r.so"] {
      try writeFile(Array("no library".utf8), to: folder(name))
    }
    return (Frei0rFilters(folders: [folder("none"), folder("one"), folder("two")]), folder)
  }

  private func problem(_ filters: Frei0rFilters, _ name: String) throws -> String {
    "\(try #require(throws: PluginError.self) { try filters.factory(named: name) })"
  }

  @Test("the list tells what is there")
  func list() throws {
    let (filters, folder) = try filters()
    #expect(
      filters.installed() == [
        .init(path: folder("one"), names: ["baltan", "broken", "glow_0r"]),
        .init(path: folder("two"), names: ["Draw", "mix"]),
      ])
    #expect(Frei0rFilters(folders: []).installed().isEmpty)
  }

  @Test("a named one is opened, from the first folder that has it")
  func named() throws {
    let (filters, folder) = try filters()
    let factory = try filters.factory(named: "glow_0r")
    #expect(factory.descriptor.name == "frei0r:glow_0r")
    #expect(factory.descriptor.details.hasSuffix("File: \(folder("one/glow_0r.so"))"))
    #expect(try filters.factory(named: "Draw").descriptor.name == "frei0r:Draw")
    let registry = try KernelRegistry([], sources: [filters])
    let specification = try KernelSpecification(parsing: "frei0r:glow_0r:edge-scale=0.5:result=opacity")
    let kernel = try registry.kernel(for: specification, defaults: [.init("border", "zero")])
    #expect(try kernel(Frei0rLibraryTests.picture).values.allSatisfy { $0 == 1 })
  }

  @Test("what cannot be had is told, with what to do")
  func refused() throws {
    let (filters, folder) = try filters()
    #expect(
      try problem(filters, "glow0r")
        == "cannot load plugin frei0r:glow0r: there is no glow0r.so in \(folder("none")), \(folder("one")), "
        + "\(folder("two")); did you mean 'glow_0r'? 'featuremap plugins frei0r' lists what there is")
    #expect(try problem(filters, "broken").hasSuffix("one/broken.so: is no shared library (no ELF file)"))
    #expect(
      try problem(filters, "mix").hasSuffix("two/mix.so: is a frei0r mixer of two pictures; a kernel has one")
    )
    // Known by its name: that it is no library does not come up.
    #expect(
      try problem(filters, "baltan")
        == "cannot load plugin frei0r:baltan: needs several frames of a video: it mixes in earlier frames"
    )
    #expect(try problem(filters, "").hasSuffix("the name of a filter is missing behind the colon"))
    for name in ["../one/glow_0r", "a/b", ".hidden", "ä"] {
      #expect(try problem(filters, name).contains("ASCII letters, digits and -_.+ only"))
    }
    #expect(
      try problem(Frei0rFilters(folders: ["/nowhere"]), "edgeglow")
        == "cannot load plugin frei0r:edgeglow: no frei0r filters are installed (in /nowhere); on Debian and Ubuntu "
        + "'apt-get install frei0r-plugins' installs them")
  }

  @Test("a variable replaces the folders of the system")
  func folders() {
    #expect(Frei0rFilters.folders(path: "/a:b", home: "/home/me") == ["/a", "b"])
    let standard = Frei0rFilters.folders(path: nil, home: "/home/me")
    #expect(standard.prefix(3) == ["/home/me/.frei0r-1/lib", "/usr/local/lib/frei0r-1", "/usr/lib/frei0r-1"])
    #expect(Frei0rFilters.folders(path: nil, home: nil).first == "/usr/local/lib/frei0r-1")
  }

  @Test(
    "a library that is named as a plugin is the same kernel; one over several frames is refused there, too")
  func asPlugin() throws {
    let (filters, folder) = try filters()
    let plugin = try SharedLibrary(path: folder("one/glow_0r.so")).plugin()
    let registry = try KernelRegistry([plugin], sources: [filters])
    #expect(registry.names == ["frei0r:glow_0r"])
    try FakeFrei0r.build(to: folder("nervous.so"))
    let error = try #require(throws: PluginError.self) {
      try SharedLibrary(path: folder("nervous.so")).plugin()
    }
    #expect("\(error)".contains("needs several frames of a video: it jumps between earlier frames"))
  }
}
