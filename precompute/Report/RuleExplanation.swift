import Bytes
import Foundation
import Recommender
import Session
import SnapshotFormat
import SnapshotWriter

/// Which rules hold for a session and why: what `martlet rules explain` prints.
public struct RuleExplanation {
  public let text: String

  /// - Parameters:
  ///   - rules: compiled for the names of the open base.
  ///   - query: what the request says beside the session.
  ///   - session: the session as it is at a moment, without further events.
  public init(
    _ rules: CompiledRules, _ recommender: Recommender, _ query: inout Query,
    session: (UInt32) throws -> Session
  ) throws {
    let bytes = OwnedBytes(copying: rules.bytes)
    guard let table = RuleTable.read(bytes.view), let layout = RuleLayout(bytes.view) else {
      throw RuleExplanationError.notReadable
    }
    let now = query.request.now
    let judged = try RuleExplanation.judge(table, recommender, &query, session(now))
    let held = try session(now)
    var lines = ["at \(time(now)): \(counted(held.count, "signal")), \(counted(held.marks.count, "mark"))"]
    var until = [UInt32?](repeating: nil, count: judged.conditions.count)
    for moment in RuleExplanation.moments(held, layout, after: now) where until.contains(nil) {
      query.request.now = moment
      let later = try RuleExplanation.judge(table, recommender, &query, session(moment))
      for condition in until.indices where until[condition] == nil {
        let changed =
          (later.conditions[condition] == RuleStep.never) != (judged.conditions[condition] == RuleStep.never)
        if changed { until[condition] = moment }
      }
    }
    query.request.now = now
    for (number, rule) in rules.rules.enumerated() {
      let since = judged.rules[number]
      lines += [
        "", "\(rule.id): \(since == RuleStep.never ? "does not hold" : "holds\(RuleExplanation.since(since))")",
      ]
      RuleExplanation.add(rule.root, judged, until, indent: 1, &lines)
      for effect in rule.effects { lines.append("  \(since == RuleStep.never ? "would" : "does") \(effect)") }
    }
    text = lines.joined(separator: "\n")
  }

  /// What the engine found, as plain values.
  private struct Judged {
    var rules: [UInt32] = []
    var conditions: [UInt32] = []
    var counts: [Int?] = []
  }

  private static func judge(
    _ table: RuleTable, _ recommender: Recommender, _ query: inout Query, _ session: consuming Session
  ) throws -> Judged {
    var judged = Judged()
    guard let trial = RuleTrial(table, recommender, query, for: session) else { throw RuleExplanationError.notReadable }
    for rule in trial.engine.rules.indices { judged.rules.append(trial.engine.rules[rule]) }
    for condition in trial.engine.conditions.indices {
      judged.conditions.append(trial.engine.conditions[condition])
      judged.counts.append(trial.engine.count(condition, table))
    }
    return judged
  }

  /// When anything may change without a further event: a window lets go of what it holds, an absence has lasted long enough, a
  /// visit is over, or a minute of the next day comes.
  private static func moments(_ session: borrowing Session, _ layout: RuleLayout, after now: UInt32) -> [UInt32] {
    var spans: Set<UInt32> = []
    for window in 0..<layout.count(.windows) {
      let seconds = layout.bytes.u32le(layout.start(.windows) + 4 * window)
      spans.insert(seconds + 1)
    }
    var dependsOnTime = false
    for number in 0..<layout.count(.conditions) {
      let start = layout.start(.conditions) + RuleCondition.width * number
      guard let condition = RuleCondition(layout.bytes, at: start) else { continue }
      if condition.kind == .absence { spans.insert(condition.argument) }
      if condition.kind == .time || condition.kind == .days { dependsOnTime = true }
    }
    var moments: Set<UInt32> = session.isEmpty ? [] : [session.time + Session.pause]
    for index in session.signals.indices { for span in spans { moments.insert(session.signals[index].time &+ span) } }
    for index in session.marks.indices { for span in spans { moments.insert(session.marks[index].time &+ span) } }
    if dependsOnTime {
      let minute = now / 60 * 60
      for step in 1...(24 * 60) as ClosedRange<UInt32> { moments.insert(minute + 60 * step) }
    }
    return moments.filter { $0 > now }.sorted()
  }

  private static func since(_ moment: UInt32) -> String { moment == 0 ? "" : " since \(time(moment))" }

  private static func add(
    _ node: CompiledRules.Node, _ judged: Judged, _ until: [UInt32?], indent: Int, _ lines: inout [String]
  ) {
    let space = String(repeating: "  ", count: indent)
    switch node {
    case .all(let nodes), .any(let nodes):
      let isAll = if case .all = node { true } else { false }
      lines.append("\(space)\(isAll ? "all" : "any") of")
      for node in nodes { add(node, judged, until, indent: indent + 1, &lines) }
    case .leaf(let condition, let leaf):
      let holds = judged.conditions[condition] != RuleStep.never
      var line = "\(space)\(holds ? "yes" : "no ")  \(leaf.text)"
      if let count = judged.counts[condition] { line += ": \(count)" }
      if !leaf.needed.isEmpty { line += ", \(leaf.needed)" }
      if holds { line += since(judged.conditions[condition]) }
      if let until = until[condition] { line += ", \(holds ? "until" : "not before") \(time(until))" }
      lines.append(line)
    }
  }
}

public enum RuleExplanationError: Error, CustomStringConvertible {
  case notReadable

  public var description: String { "the compiled rules cannot be read back" }
}

private func time(_ seconds: UInt32) -> String {
  Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}
