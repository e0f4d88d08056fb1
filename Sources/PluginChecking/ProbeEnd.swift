import CPluginProbe

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a process that tries a plugin ended.
enum ProbeEnd: Equatable {
  case done
  /// A signal, and what was touched where it came from touching memory.
  case signal(Int32, Touch?)
  /// The plugin ended the process.
  case exit(Int32)
  /// A call did not come back within so many seconds.
  case endless(Double)

  /// Watched memory that was touched.
  struct Touch: Equatable {
    let place: fm_fault_place
    let kind: fm_watch_kind
    let writes: Bool?
    let bytes: Int
  }

  /// Reads the line that `fm_tell_faults` writes.
  init?(faultLine: some StringProtocol) {
    let numbers = faultLine.dropFirst().split(separator: " ").compactMap { Int($0) }
    guard faultLine.first == "!", numbers.count == 5 else { return nil }
    let place = fm_fault_place(UInt32(numbers[1]))
    let touch = Touch(
      place: place, kind: fm_watch_kind(UInt32(numbers[2])), writes: numbers[3] == 2 ? nil : numbers[3] == 1,
      bytes: numbers[4])
    self = .signal(Int32(numbers[0]), place == FM_FAULT_ELSEWHERE ? nil : touch)
  }

  /// What is wrong, in a call of this function.
  func problem(in function: String) -> String {
    let function = function.hasPrefix("the loader") ? "loading" : "\(function)()".replacing(",()", with: "()")
    switch self {
    case .done: return "\(function) ends"
    case .signal(_, let touch?): return "\(function) \(touch.problem)"
    case .signal(let signal, nil): return "\(function) \(Self.deed(signal))"
    case .exit(let status): return "\(function) ends the program, with status \(status)"
    case .endless(let limit): return "\(function) does not come back within \(Int(limit)) s"
    }
  }

  private static func deed(_ signal: Int32) -> String {
    switch signal {
    case SIGSEGV, SIGBUS: "crashes: it touches memory that is not there"
    case SIGABRT: "aborts the program"
    case SIGILL, SIGTRAP:
      "traps, as Swift does on a broken precondition, an index out of range or an overflow"
    case SIGFPE: "crashes: an integer is divided by zero"
    default: "is ended by signal \(signal)"
    }
  }

  var advice: String {
    switch self {
    case .done: return ""
    case .signal(_, let touch?): return touch.advice
    case .signal(SIGILL, nil), .signal(SIGTRAP, nil), .signal(SIGABRT, nil):
      return "A call that cannot go on returns an error code and a message; nothing may be thrown out of it."
    case .signal: return "Build with -g and run the same in a debugger, or with -fsanitize=address."
    case .exit:
      return "A plugin never ends the program; a call that cannot go on returns an error code and a message."
    case .endless: return "Look for loops whose end depends on sizes or settings as extreme as these."
    }
  }

  /// How far away from its memory it touched something.
  var distance: String {
    guard case .signal(_, let touch?) = self, touch.place != FM_FAULT_INSIDE else { return "" }
    return ", \(touch.bytes) bytes \(touch.place == FM_FAULT_BEFORE ? "before" : "behind") it"
  }
}

extension ProbeEnd.Touch {
  private var thing: String {
    switch kind {
    case FM_WATCH_INPUT: "its input"
    case FM_WATCH_OUTPUT: "its output"
    case FM_WATCH_ERROR: "fmp_error"
    case FM_WATCH_VALUES: "the values of create()"
    default: "the text of a setting"
    }
  }

  fileprivate var problem: String {
    let deed = writes.map { $0 ? "writes" : "reads" } ?? "reads or writes"
    return switch place {
    case FM_FAULT_BEFORE: "\(deed) before the beginning of \(thing)"
    case FM_FAULT_BEHIND: "\(deed) past the end of \(thing)"
    default:
      kind == FM_WATCH_INPUT || writes == true
        ? "writes to \(thing), which it may only read" : "reads \(thing) after create() has returned"
    }
  }

  fileprivate var advice: String {
    if place == FM_FAULT_INSIDE {
      return kind == FM_WATCH_INPUT
        ? "Copy what is to be changed." : "They are valid during create() only: copy what is needed later."
    }
    return switch kind {
    case FM_WATCH_INPUT: "Look at the first and last rows and columns, and at inputs smaller than the window."
    case FM_WATCH_OUTPUT: "The output has the shape that output_shape() answered; compare it with the loops."
    case FM_WATCH_ERROR:
      "The message has 504 bytes with its NUL: use snprintf(error->message, sizeof error->message, ...)."
    case FM_WATCH_VALUES: "There is one value for each parameter, in their order."
    default: "The text ends with a NUL."
    }
  }
}
