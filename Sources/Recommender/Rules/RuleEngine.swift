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
public final class RuleEngine {
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
  /// By signal: all those about the same item. Only those of `known` signals, whose items the snapshot has, are of this request.
  private var about = FixedArray<UInt64>(repeating: 0, count: Session.signalsMax)
  private var known: UInt64 = 0
  private(set) var times = FixedArray<UInt32>(capacity: Session.signalsMax)
  private(set) var markTimes = FixedArray<UInt32>(capacity: RuleEngine.marksMax)
  private var stack = FixedArray<UInt32>(capacity: RuleStep.stackMax)
  private var request = RequestContext()
  /// The name of the request's region, hashed once: no region's code is empty.
  private var region: UInt32 = 0
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
  func evaluate(
    _ table: RuleTable, _ session: borrowing Session, _ interests: borrowing Interests, _ request: RequestContext,
    cluster: Int?, pause: UInt32, in base: BaseSnapshot
  ) {
    self.request = request
    region = hash32(request.region)
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
  func clear() {
    adjustments.removeAll()
    offers.removeAll()
    for segment in segments.indices { segments[segment] = RuleStep.never }
  }

  // MARK: Words

  private func readTimes(_ session: borrowing Session, pause: UInt32) {
    times.removeAll()
    markTimes.removeAll()
    for type in types.indices { types[type] = 0 }
    for index in session.signals.indices {
      times.append(session.signals[index].time)
      types[Int(session.signals[index].type.rawValue)] |= 1 &<< UInt64(index)
    }
    for index in session.marks.indices { markTimes.append(session.marks[index].time) }
    if session.isBegunAnew(at: request.now, pause: pause) { markTimes.append(request.now) }
  }

  /// Finds for each key which signals are about an item that has it: its category and those above, itself, brand, price level, tags.
  private func matchItems(_ interests: borrowing Interests, _ table: RuleTable, _ base: BaseSnapshot) {
    for key in keys.indices { keys[key] = 0 }
    known = 0
    for place in interests.items.indices where interests.items[place].signals != 0 {
      let (item, signals) = (interests.items[place].item, interests.items[place].signals)
      known |= signals
      var rest = signals
      while rest != 0 {
        about[rest.trailingZeroBitCount] = signals
        rest &= rest &- 1
      }
      var category = base.category(of: item)
      for _ in Indices(BaseSnapshot.levelsMax) {
        guard let own = category else { break }
        note(AttributeKey(.category, UInt32(own)), signals, table)
        category = base.parent(of: own)
      }
      if table.keys.asksForItems { note(AttributeKey(.item, item & 0xFF_FFFF), signals, table) }
      if let brand = base.brand(of: item) { note(AttributeKey(.brand, UInt32(brand)), signals, table) }
      if let level = base.priceLevel(of: item) { note(AttributeKey(.priceLevel, UInt32(level)), signals, table) }
      let tags = base.tags(of: item)
      for tag in Indices(NumberList.count(tags)) {
        note(AttributeKey(.tag, UInt32(NumberList.number(tags, tag))), signals, table)
      }
      guard !table.ranges.isEmpty, let price = base.price(of: item) else { continue }
      for range in table.ranges.indices
      where price >= table.ranges[range].lowest && price <= table.ranges[range].highest {
        keys[table.keys.count &+ range] |= signals
      }
    }
  }

  @inline(never)
  private func note(_ key: AttributeKey, _ signals: UInt64, _ table: RuleTable) {
    if let number = table.keys.number(key) { keys[number] |= signals }
  }

  private func matchWindows(_ table: RuleTable) {
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

  private func matchPatterns(_ table: RuleTable, _ session: borrowing Session) {
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

  private func run(_ rule: CompiledRule, _ table: RuleTable) -> UInt32 {
    // Most rules are one condition.
    if rule.stepCount == 1 { return judge(RuleStep.number(table.steps[Int(rule.firstStep)]), table) }
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
        stack.append(judge(number, table))
      }
    }
    return stack[0]
  }

  @inline(never)
  private func judge(_ number: Int, _ table: RuleTable) -> UInt32 {
    let condition = table.conditions[number]
    var since = since(condition, table)
    // A count that is too small knows since when; of the others it is not known.
    if condition.isNegated, condition.kind != .count { since = since == RuleStep.never ? 0 : RuleStep.never }
    conditions[number] = since
    return since
  }

  private func apply(_ rule: CompiledRule, _ number: Int, _ since: UInt32, _ table: RuleTable) {
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

  @inline(__always)
  private func since(_ condition: RuleCondition, _ table: RuleTable) -> UInt32 {
    switch condition.kind {
    case .count: return count(condition, table)
    case .distinct: return distinct(condition)
    case .sequence: return sequence(condition, table)
    case .absence: return absence(condition)
    case .segment: return segments[Int(condition.argument)]
    case .region: return always(region == condition.argument)
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
    if !condition.isNegated { return moment(number &- 1, of: inside) }
    if inside.count >= number { return RuleStep.never }
    let count = all.count
    if count < number { return 0 }
    let gone = RuleEngine.later(moment(count &- number, of: all), table.windows[Int(condition.window)])
    return RuleEngine.later(gone, 1)
  }

  /// Of match `number`, counted from 0 at the oldest; `never` where there are not as many.
  @inline(__always)
  private func moment(_ number: Int, of matches: Matches) -> UInt32 {
    matches.marks == 0 ? moment(number, of: matches.signals) : merged(number, of: matches)
  }

  @inline(never)
  private func merged(_ number: Int, of matches: Matches) -> UInt32 {
    var (number, rest) = (number, matches)
    // Marks are mostly older than signals; but impressions leave a full session before what is older.
    while rest.marks != 0 {
      let mark = markTimes[rest.marks.trailingZeroBitCount]
      let signal = moment(0, of: rest.signals)
      if number == 0 { return min(mark, signal) }
      if signal < mark { rest.signals &= rest.signals &- 1 } else { rest.marks &= rest.marks &- 1 }
      number &-= 1
    }
    return moment(number, of: rest.signals)
  }

  private func moment(_ number: Int, of signals: UInt64) -> UInt32 {
    var signals = signals
    // Cheaper than counting them: rules ask for a few.
    for _ in Indices(number) { signals &= signals &- 1 }
    return signals == 0 ? RuleStep.never : times[signals.trailingZeroBitCount]
  }

  /// Each item's first event inside the window stands for it.
  private func distinct(_ condition: RuleCondition) -> UInt32 {
    let inside = patterns[Int(condition.pattern)].signals & windows[Int(condition.window)].signals
    return moment(Int(condition.number) &- 1, of: firsts(inside))
  }

  func firsts(_ signals: UInt64) -> UInt64 {
    var firsts: UInt64 = 0
    var rest = signals & known
    while rest != 0 {
      firsts |= rest & (0 &- rest)
      rest &= ~about[rest.trailingZeroBitCount]
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
    var open = patterns[Int(condition.pattern)] & windows[Int(condition.window)]
    if awaited.signals != 0 {
      let last = 63 &- awaited.signals.leadingZeroBitCount
      open.signals &= ~1 &<< UInt64(last)
      while open.marks != 0, markTimes[open.marks.trailingZeroBitCount] <= times[last] { open.marks &= open.marks &- 1 }
    }
    if awaited.marks != 0 {
      let last = 31 &- awaited.marks.leadingZeroBitCount
      open.marks &= ~1 &<< UInt32(last)
      while moment(0, of: open.signals) < markTimes[last] { open.signals &= open.signals &- 1 }
    }
    let since = RuleEngine.later(moment(0, of: open), condition.argument)
    return since <= request.now ? since : RuleStep.never
  }

  /// `never` beyond the end of time.
  private static func later(_ time: UInt32, _ seconds: UInt32) -> UInt32 {
    time > RuleStep.never &- seconds ? RuleStep.never : time &+ seconds
  }
}
