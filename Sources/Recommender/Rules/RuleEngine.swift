import Bytes
import Session
import SnapshotFormat

/// What a rule offers now.
public struct Offer: BitwiseCopyable {
  public let rule: UInt16
  /// Seconds since 1970.
  public let expires: UInt32
}

/// The judge of rules over one session. A session has at most 64 signals, so what a pattern matches is a word, and so are the
/// signals inside a window, oldest in bit 0; marks of what has left the session are the bits of a second word. Counts, orders and
/// absences are then operations on words. Integers throughout; the work is bounded by the sections' sizes.
public struct RuleEngine: ~Copyable {
  static let adjustmentsMax = 64
  static let offersMax = 8
  /// Those of the session, and the visit that the request itself may begin.
  static let marksMax = Session.marksMax + 1

  /// Adjustments and offers of the rules that hold, in the order of the rules.
  public private(set) var adjustments = FixedArray<Adjustment>(capacity: RuleEngine.adjustmentsMax)
  public private(set) var offers = FixedArray<Offer>(capacity: RuleEngine.offersMax)
  /// By rule, condition and segment: the moment since when it has held, `RuleStep.never` where it does not.
  public private(set) var rules: FixedArray<UInt32>
  public private(set) var conditions: FixedArray<UInt32>
  public private(set) var segments = FixedArray<UInt32>(repeating: RuleStep.never, count: RuleTable.segmentsMax)

  // Words of the request at hand.
  private var types = FixedArray<UInt64>(repeating: 0, count: 16)
  private var keys: FixedArray<UInt64>
  private(set) var patterns: FixedArray<Matches>
  private(set) var windows: FixedArray<Matches>
  /// By distinct item of the session.
  private var items = FixedArray<UInt64>(capacity: Session.signalsMax + 1)
  private(set) var times = FixedArray<UInt32>(capacity: Session.signalsMax)
  private(set) var markTimes = FixedArray<UInt32>(capacity: RuleEngine.marksMax)
  private var stack = FixedArray<UInt32>(capacity: RuleStep.stackMax)
  private var request = RequestContext()
  private var cluster: Int?

  /// The signals and marks that something is true of.
  struct Matches: BitwiseCopyable {
    var signals: UInt64 = 0
    var marks: UInt32 = 0

    var count: Int { signals.nonzeroBitCount &+ marks.nonzeroBitCount }

    static func & (a: Matches, b: Matches) -> Matches {
      Matches(signals: a.signals & b.signals, marks: a.marks & b.marks)
    }
  }

  /// Room for the rules of `table`.
  public init(_ table: RuleTable?) {
    rules = FixedArray(repeating: RuleStep.never, count: table?.rules.count ?? 0)
    conditions = FixedArray(repeating: RuleStep.never, count: table?.conditions.count ?? 0)
    keys = FixedArray(repeating: 0, count: (table?.keys.count ?? 0) + (table?.ranges.count ?? 0))
    patterns = FixedArray(repeating: Matches(), count: table?.patterns.count ?? 0)
    windows = FixedArray(repeating: Matches(), count: table?.windows.count ?? 0)
  }

  /// Judges the rules of `table`, for which the engine was made, one after the other: a rule sees the segments as the rules above
  /// have left them.
  mutating func evaluate(
    _ table: RuleTable, _ session: borrowing Session, _ interests: borrowing Interests, _ request: RequestContext,
    cluster: Int?, pause: UInt32, in base: BaseSnapshot
  ) {
    self.request = request
    self.cluster = cluster
    adjustments.removeAll()
    offers.removeAll()
    for segment in segments.indices { segments[segment] = RuleStep.never }
    readTimes(session, pause: pause)
    matchItems(interests, table, base)
    matchWindows(table)
    matchPatterns(table, session)
    for number in rules.indices {
      let rule = table.rules[number]
      let since = run(rule, table)
      rules[number] = since
      if since != RuleStep.never { apply(rule, number, since, table) }
    }
  }

  /// Forgets the last request, where nothing of the visitor may be looked at.
  mutating func clear() {
    adjustments.removeAll()
    offers.removeAll()
    for segment in segments.indices { segments[segment] = RuleStep.never }
  }

  // MARK: Words

  private mutating func readTimes(_ session: borrowing Session, pause: UInt32) {
    times.removeAll()
    markTimes.removeAll()
    for type in types.indices { types[type] = 0 }
    for index in session.signals.indices {
      times.append(session.signals[index].time)
      types[Int(session.signals[index].type.rawValue)] |= 1 &<< UInt64(index)
    }
    for index in session.marks.indices { markTimes.append(session.marks[index].time) }
    // Who comes back after a pause is on another visit, before the first event of it has been posted.
    if !session.isEmpty, request.now &- min(session.time, request.now) >= pause { markTimes.append(request.now) }
  }

  /// Finds for each key which signals are about an item that has it.
  private mutating func matchItems(_ interests: borrowing Interests, _ table: RuleTable, _ base: BaseSnapshot) {
    for key in keys.indices { keys[key] = 0 }
    items.removeAll()
    for place in interests.items.indices where interests.items[place].signals != 0 {
      let (item, signals) = (interests.items[place].item, interests.items[place].signals)
      items.append(signals)
      var attributes = ItemKeys(item, base)
      while let key = attributes.next() {
        if let number = table.keys.number(key) { keys[number] |= signals }
      }
      guard !table.ranges.isEmpty, let price = base.price(of: item) else { continue }
      for range in table.ranges.indices
      where price >= table.ranges[range].lowest && price <= table.ranges[range].highest {
        keys[table.keys.count &+ range] |= signals
      }
    }
  }

  private mutating func matchWindows(_ table: RuleTable) {
    for window in windows.indices {
      let horizon = request.now > table.windows[window] ? request.now &- table.windows[window] : 0
      let signals = RuleEngine.first(horizon, times)
      let marks = RuleEngine.first(horizon, markTimes)
      windows[window] = Matches(
        signals: signals == times.count ? 0 : ~0 &<< UInt64(signals),
        marks: marks == markTimes.count ? 0 : ~0 &<< UInt32(marks))
    }
  }

  /// The place of the first of ascending `times` that is not before `horizon`.
  private static func first(_ horizon: UInt32, _ times: borrowing FixedArray<UInt32>) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low &+ high) / 2
      if times[middle] < horizon { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  private mutating func matchPatterns(_ table: RuleTable, _ session: borrowing Session) {
    var reference = 0
    for number in patterns.indices {
      let pattern = table.patterns[number]
      var signals: UInt64 = 0
      var rest = pattern.types
      while rest != 0 {
        signals |= types[rest.trailingZeroBitCount]
        rest &= rest &- 1
      }
      var anyOf: UInt64 = ~0
      for _ in Indices(Int(pattern.referenceCount)) {
        let key = table.references[reference]
        if key & RulePattern.beginsAttribute != 0 {
          signals &= anyOf
          anyOf = 0
        }
        anyOf |= keys[Int(key & ~RulePattern.beginsAttribute)]
        reference &+= 1
      }
      patterns[number] = Matches(signals: signals & anyOf)
    }
    for index in markTimes.indices {
      let counter = index < session.marks.count ? session.marks[index].counter : Mark.visit
      if let pattern = table.pattern(counter: counter) { patterns[pattern].marks |= 1 &<< UInt32(index) }
    }
  }

  // MARK: Rules

  private mutating func run(_ rule: CompiledRule, _ table: RuleTable) -> UInt32 {
    stack.removeAll()
    for index in Indices(Int(rule.stepCount)) {
      let step = table.steps[Int(rule.firstStep) &+ index]
      let number = RuleStep.number(step)
      if RuleStep.isOperation(step) {
        let first = stack.count &- number
        var since = stack[first]
        for place in first..<stack.count {
          since = RuleStep.isAny(step) ? min(since, stack[place]) : max(since, stack[place])
        }
        stack.truncate(to: first)
        stack.append(since)
      } else {
        let condition = table.conditions[number]
        var since = since(condition, table)
        // A count that is too small knows since when; of the others it is not known.
        if condition.isNegated, condition.kind != .count { since = since == RuleStep.never ? 0 : RuleStep.never }
        conditions[number] = since
        stack.append(since)
      }
    }
    return stack[0]
  }

  private mutating func apply(_ rule: CompiledRule, _ number: Int, _ since: UInt32, _ table: RuleTable) {
    for index in Indices(Int(rule.effectCount)) {
      switch table.effects[Int(rule.firstEffect) &+ index] {
      case .adjust(let adjustment): adjustments.append(adjustment)
      case .join(let segment): segments[Int(segment)] = min(segments[Int(segment)], since)
      case .leave(let segment): segments[Int(segment)] = RuleStep.never
      case .offer(let validity):
        // What has held from time immemorial is counted from the request on.
        let expires = RuleEngine.later(since == 0 ? request.now : since, validity)
        if expires > request.now {
          offers.append(Offer(rule: UInt16(truncatingIfNeeded: number), expires: expires))
        }
      }
    }
  }

  // MARK: Conditions

  private func since(_ condition: RuleCondition, _ table: RuleTable) -> UInt32 {
    switch condition.kind {
    case .count: return count(condition, table)
    case .distinct: return distinct(condition)
    case .sequence: return sequence(condition, table)
    case .absence: return absence(condition)
    case .segment: return segments[Int(condition.argument)]
    case .region: return always(!request.region.isEmpty && hash32(request.region) == condition.argument)
    case .device: return always(RuleEngine.bit(request.device?.rawValue, of: condition.argument))
    case .referrer: return always(RuleEngine.bit(request.referrer?.rawValue, of: condition.argument))
    case .page: return always(RuleEngine.bit(request.context.rawValue, of: condition.argument))
    case .days: return always(RuleEngine.bit(UInt8(truncatingIfNeeded: request.dayOfWeek), of: condition.argument))
    case .time: return always(isTime(condition.argument))
    case .cluster: return always(cluster.map { UInt32(truncatingIfNeeded: $0) } == condition.argument)
    }
  }

  private func always(_ holds: Bool) -> UInt32 { holds ? 0 : RuleStep.never }

  private static func bit(_ value: UInt8?, of mask: UInt32) -> Bool {
    guard let value, value < 32 else { return false }
    return mask & 1 &<< UInt32(value) != 0
  }

  private func isTime(_ argument: UInt32) -> Bool {
    let (from, to) = (Int(argument & 0xFFFF), Int(argument >> 16))
    let minute = request.minuteOfDay
    return from < to ? minute >= from && minute < to : minute >= from || minute < to
  }

  /// Enough events: since the one that made it enough, of those still inside the window. Too few: since the window has let go of
  /// the one that would make it enough.
  private func count(_ condition: RuleCondition, _ table: RuleTable) -> UInt32 {
    let all = patterns[Int(condition.pattern)]
    let inside = all & windows[Int(condition.window)]
    let number = Int(condition.number)
    if !condition.isNegated { return inside.count >= number ? time(number &- 1, of: inside) : RuleStep.never }
    if inside.count >= number { return RuleStep.never }
    if all.count < number { return 0 }
    let gone = RuleEngine.later(time(all.count &- number, of: all), table.windows[Int(condition.window)])
    return RuleEngine.later(gone, 1)
  }

  /// The moment of match `number`, counted from 0 at the oldest; marks are older than signals.
  private func time(_ number: Int, of matches: Matches) -> UInt32 {
    let marks = matches.marks.nonzeroBitCount
    if number < marks { return markTimes[RuleEngine.place(number, UInt64(matches.marks))] }
    return times[RuleEngine.place(number &- marks, matches.signals)]
  }

  /// The place of bit `number` among those set.
  private static func place(_ number: Int, _ bits: UInt64) -> Int {
    var bits = bits
    for _ in Indices(number) { bits &= bits &- 1 }
    return bits.trailingZeroBitCount
  }

  /// Each item's first event inside the window stands for it.
  private func distinct(_ condition: RuleCondition) -> UInt32 {
    let firsts = firsts(patterns[Int(condition.pattern)].signals & windows[Int(condition.window)].signals)
    let number = Int(condition.number)
    return firsts.nonzeroBitCount >= number ? times[RuleEngine.place(number &- 1, firsts)] : RuleStep.never
  }

  func firsts(_ signals: UInt64) -> UInt64 {
    var firsts: UInt64 = 0
    for item in items.indices {
      let own = items[item] & signals
      firsts |= own & (0 &- own)
    }
    return firsts
  }

  /// The first event of each step after that of the step before; if this way does not lead to the end, none does.
  private func sequence(_ condition: RuleCondition, _ table: RuleTable) -> UInt32 {
    var rest = windows[Int(condition.window)].signals
    var last: UInt64 = 0
    for step in Indices(Int(condition.number)) {
      let found = patterns[Int(table.references[Int(condition.pattern) &+ step])].signals & rest
      guard found != 0 else { return RuleStep.never }
      last = found & (0 &- found)
      rest &= ~(last | (last &- 1))
    }
    return times[last.trailingZeroBitCount]
  }

  /// The oldest event after the last of those that would settle it, and so many seconds.
  private func absence(_ condition: RuleCondition) -> UInt32 {
    let awaited = patterns[Int(condition.other)]
    let open = patterns[Int(condition.pattern)] & windows[Int(condition.window)]
    var oldest = RuleStep.never
    for mark in markTimes.indices {
      if awaited.marks & 1 &<< UInt32(mark) != 0 {
        oldest = RuleStep.never
      } else if oldest == RuleStep.never, open.marks & 1 &<< UInt32(mark) != 0 {
        oldest = markTimes[mark]
      }
    }
    var signals = open.signals
    if awaited.signals != 0 {
      oldest = RuleStep.never
      let last = 1 &<< UInt64(63 &- awaited.signals.leadingZeroBitCount)
      signals &= ~(last | (last &- 1))
    }
    if oldest == RuleStep.never, signals != 0 { oldest = times[signals.trailingZeroBitCount] }
    let since = RuleEngine.later(oldest, condition.argument)
    return since <= request.now ? since : RuleStep.never
  }

  /// `never` beyond the end of time.
  private static func later(_ time: UInt32, _ seconds: UInt32) -> UInt32 {
    time > RuleStep.never &- seconds ? RuleStep.never : time &+ seconds
  }
}
