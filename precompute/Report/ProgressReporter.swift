import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Progress on standard error: one line that redraws itself on a terminal, a plain line now and then elsewhere.
public final class ProgressReporter {
  private let isTerminal: Bool
  private let start = Date()
  private var lastDrawn = Date.distantPast
  private var hasOpenLine = false

  public init() { isTerminal = isatty(STDERR_FILENO) == 1 }

  /// A share done of a task, 0...1, or nil where the total is not known.
  public func update(_ task: String, done: Double?, detail: String) {
    let interval = isTerminal ? 0.1 : 5.0
    guard Date().timeIntervalSince(lastDrawn) >= interval else { return }
    lastDrawn = Date()
    draw(task, done, detail)
  }

  /// A new task: always shown.
  public func begin(_ task: String) {
    endLine()
    lastDrawn = Date()
    draw(task, nil, "")
  }

  /// Ends the redrawn line, so that other output may follow.
  public func endLine() {
    if hasOpenLine { write("\r\u{1B}[2K") }
    hasOpenLine = false
  }

  private func draw(_ task: String, _ done: Double?, _ detail: String) {
    let seconds = String(format: "%6.1f s", Date().timeIntervalSince(start))
    guard isTerminal else {
      let share = done.map { String(format: " %3.0f %%", $0 * 100) } ?? ""
      return write("\(seconds)  \(task)\(share)\(detail.isEmpty ? "" : "  \(detail)")\n")
    }
    let bar = done.map { share -> String in
      let filled = Int(max(0, min(1, share)) * 24)
      return " [" + String(repeating: "=", count: filled) + String(repeating: " ", count: 24 - filled)
        + String(format: "] %3.0f %%", share * 100)
    }
    write("\r\u{1B}[2K\(seconds)  \(task)\(bar ?? "")  \(detail)")
    hasOpenLine = true
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
