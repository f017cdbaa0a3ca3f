import Session

/// Rules as they are written.
extension Rule {
  static func list(_ value: YAMLValue) throws -> [Rule] {
    var rules: [Rule] = []
    for entry in try value.list() {
      let rule = try Rule(entry)
      if rules.contains(where: { $0.id.text == rule.id.text }) {
        throw rule.id.failure("another rule is called \"\(rule.id.text)\"")
      }
      rules.append(rule)
    }
    guard rules.count <= 256 else { throw value.failure("\(rules.count) rules; a snapshot holds at most 256") }
    return rules
  }

  private init(_ value: YAMLValue) throws {
    var section = try value.section()
    id = try section.required("id", of: value).named()
    guard id.text.utf8.count <= 64 else { throw id.failure("longer than 64 bytes") }
    condition = try Condition(try section.required("when", of: value))
    effects = try Effect.list(try section.required("then", of: value))
    try section.finish()
  }
}

extension Rule.Condition {
  /// A mapping of conditions, all of which have to hold.
  init(_ value: YAMLValue) throws {
    var section = try value.section()
    var parts: [Rule.Condition] = []
    if let value = try section.value("all") { parts.append(.all(try Self.several(value))) }
    if let value = try section.value("any") { parts.append(.any(try Self.several(value))) }
    if let value = try section.value("not") { parts.append(.not(try Self(value))) }
    if let value = try section.value("count") { parts.append(try Self.count(value)) }
    if let value = try section.value("sequence") { parts.append(try Self.sequence(value)) }
    if let value = try section.value("absence") { parts.append(try Self.absence(value)) }
    if let value = try section.value("visits") { parts.append(try Self.visits(value)) }
    if let value = try section.value("context") { parts += try Self.context(value) }
    if let value = try section.value("segment") { parts.append(.segment(try value.named() as [Rule.Named])) }
    try section.finish()
    guard let first = parts.first else {
      throw value.failure(
        "no condition: one of all, any, not, count, sequence, absence, visits, context and segment is needed")
    }
    self = parts.count == 1 ? first : .all(parts)
  }

  private static func several(_ value: YAMLValue) throws -> [Rule.Condition] {
    let parts = try value.list().map(Self.init)
    guard !parts.isEmpty else { throw value.failure("an empty list") }
    return parts
  }

  private static func count(_ value: YAMLValue) throws -> Rule.Condition {
    var section = try value.section()
    let events = try Rule.Events(&section, of: value)
    let bounds = try Rule.Bounds(&section, of: value)
    let distinct = try section.value("distinct").map { try $0.choice(["items": true, "events": false]) } ?? false
    let window = try section.window(
      "within", of: value, most: distinct ? Rule.signalWindow : Rule.markWindow,
      because: distinct ? "which items there were is known of the last" : "events are counted for at most")
    try section.finish()
    return .count(events, bounds, within: window, distinctItems: distinct)
  }

  private static func sequence(_ value: YAMLValue) throws -> Rule.Condition {
    var section = try value.section()
    let list = try section.required("steps", of: value)
    let steps = try list.list().map { value in
      var section = try value.section()
      let events = try Rule.Events(&section, of: value)
      try section.finish()
      return events
    }
    guard (2...Rule.stepsMax).contains(steps.count) else {
      throw list.failure("\(steps.count) steps: a sequence has 2 to \(Rule.stepsMax)")
    }
    let window = try section.window(
      "within", of: value, most: Rule.signalWindow, because: "the order of events is known of the last")
    try section.finish()
    return .sequence(steps, within: window)
  }

  private static func absence(_ value: YAMLValue) throws -> Rule.Condition {
    func events(_ value: YAMLValue) throws -> Rule.Events {
      var section = try value.section()
      let events = try Rule.Events(&section, of: value)
      try section.finish()
      return events
    }
    var section = try value.section()
    let awaited = try events(try section.required("of", of: value))
    let opening = try events(try section.required("after", of: value))
    let wait = try section.required("for", of: value)
    let seconds = try wait.seconds()
    let window = try section.window(
      "within", of: value, most: Rule.markWindow, because: "events are remembered for at most",
      standard: Rule.signalWindow)
    if seconds > window { throw wait.failure("longer than `within`: this could never hold") }
    try section.finish()
    return .absence(of: awaited, after: opening, wait: seconds, within: window)
  }

  private static func visits(_ value: YAMLValue) throws -> Rule.Condition {
    var section = try value.section()
    let bounds = try Rule.Bounds(&section, of: value)
    let window = try section.window(
      "within", of: value, most: Rule.markWindow, because: "visits are counted for at most")
    try section.finish()
    return .visits(bounds, within: window)
  }

  private static func context(_ value: YAMLValue) throws -> [Rule.Condition] {
    var section = try value.section()
    var parts: [Rule.Condition] = []
    if let value = try section.value("region") {
      parts.append(.region(try value.elements().map { try $0.regionCode() }))
    }
    if let value = try section.value("device") { parts.append(.device(try value.words(devices))) }
    if let value = try section.value("referrer") { parts.append(.referrer(try value.words(referrers))) }
    if let value = try section.value("page") { parts.append(.page(try value.words(pages))) }
    if let value = try section.value("time") {
      var section = try value.section()
      let from = try section.required("from", of: value).minuteOfDay()
      let to = try section.required("to", of: value).minuteOfDay()
      try section.finish()
      if from == to { throw value.failure("`from` and `to` are the same") }
      parts.append(.time(from: from, to: to % 1440))
    }
    if let value = try section.value("days") {
      parts.append(.days(try value.words(days).map { days.firstIndex(of: $0)! }))
    }
    try section.finish()
    guard !parts.isEmpty else {
      throw value.failure("no condition: one of region, device, referrer, page, time and days is needed")
    }
    return parts
  }

  // What hosts and requests may say, as the service reads it.
  public static let devices = ["desktop", "mobile", "tablet"]
  public static let referrers = ["search", "social", "email", "ads", "direct", "internal"]
  public static let pages = ["homepage", "product", "cart", "category", "search", "after_purchase"]
  static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}

extension Rule.Events {
  /// Reads the keys that say which events are meant.
  fileprivate init(_ section: inout YAMLSection, of value: YAMLValue) throws {
    let event = try section.required("event", of: value)
    let names = Dictionary(uniqueKeysWithValues: EventType.allCases.map { ("\($0.name)", $0) })
    types = try event.elements().map { try $0.choice(names) }
    for kind in Rule.Attribute.Kind.allCases {
      if let value = try section.value(kind.rawValue) {
        attributes.append(Rule.Attribute(kind: kind, values: try value.named() as [Rule.Named]))
      }
    }
    guard let value = try section.value("price") else { return }
    if case .scalar = value.node {
      price = .level(try value.priceLevel())
      return
    }
    var section = try value.section()
    let lowest = try section.value("from").map { try $0.money() } ?? 0
    let highest = try section.value("to").map { try $0.money() } ?? UInt32.max - 1
    try section.finish()
    guard lowest <= highest else { throw value.failure("`from` is above `to`") }
    price = .range(lowest...highest)
  }
}

extension Rule.Bounds {
  fileprivate init(_ section: inout YAMLSection, of value: YAMLValue) throws {
    least = try section.value("at_least")?.integer(in: 1...Rule.countMax)
    most = try section.value("at_most")?.integer(in: 0...Rule.countMax - 1)
    guard least != nil || most != nil else {
      throw section.missing(["at_least", "at_most"], of: value, "either `at_least` or `at_most` is needed")
    }
    if let least, let most, least > most { throw value.failure("`at_least` is above `at_most`") }
  }
}

extension Rule.Effect {
  fileprivate static func list(_ value: YAMLValue) throws -> [Rule.Effect] {
    var section = try value.section()
    var effects: [Rule.Effect] = []
    if let value = try section.value("join") {
      effects += try value.elements().map { Rule.Effect.join(try Rule.Segment($0)) }
    }
    if let value = try section.value("leave") {
      effects += (try value.named() as [Rule.Named]).map { Rule.Effect.leave($0) }
    }
    if let value = try section.value("boost") { effects += try value.elements().flatMap(boost) }
    if let value = try section.value("bury") {
      for value in try value.elements() {
        var section = try value.section()
        effects += try attributes(&section, of: value).map { Rule.Effect.bury($0) }
        try section.finish()
      }
    }
    if let value = try section.value("pin") { effects += try value.elements().map(pin) }
    if let value = try section.value("offer") {
      var section = try value.section()
      let code = try section.required("code", of: value)
      let text = try code.string()
      guard text.utf8.count <= 64, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw code.failure("a code is 1 to 64 visible ASCII characters")
      }
      effects.append(.offer(code: text, validity: try section.required("valid", of: value).seconds()))
      try section.finish()
    }
    try section.finish()
    guard !effects.isEmpty else {
      throw value.failure("no effect: one of join, leave, boost, bury, pin and offer is needed")
    }
    return effects
  }

  private static func attributes(_ section: inout YAMLSection, of value: YAMLValue, orPrice: Bool = false) throws
    -> [Rule.Attribute]
  {
    let attributes = try Rule.Attribute.Kind.allCases.compactMap { kind in
      try section.value(kind.rawValue).map { Rule.Attribute(kind: kind, values: try $0.named() as [Rule.Named]) }
    }
    guard attributes.count == (orPrice ? 0 : 1) || orPrice && attributes.isEmpty else {
      throw value.failure("one of \(orPrice ? "price, " : "")category, brand, tag and item is needed")
    }
    return attributes
  }

  private static func boost(_ value: YAMLValue) throws -> [Rule.Effect] {
    var section = try value.section()
    let amount = try section.required("by", of: value).number(in: -Rule.boostMax...Rule.boostMax)
    let level = try section.value("price").map { try $0.priceLevel() }
    let attributes = try attributes(&section, of: value, orPrice: level != nil)
    try section.finish()
    if let level { return [.boostPrice(level, by: amount)] }
    return attributes.map { Rule.Effect.boost($0, by: amount) }
  }

  private static func pin(_ value: YAMLValue) throws -> Rule.Effect {
    var section = try value.section()
    let item = try section.required("item", of: value).named() as Rule.Named
    let position = try section.value("position")?.integer(in: 1...Rule.positionMax) ?? 1
    try section.finish()
    return .pin(item, position: position)
  }
}

extension Rule.Segment {
  /// A name, of which the code is made, or both.
  fileprivate init(_ value: YAMLValue) throws {
    if case .scalar = value.node {
      name = try value.string()
      code = Rule.Segment.code(name)
    } else {
      var section = try value.section()
      name = try section.required("name", of: value).string()
      code = try section.value("id")?.string() ?? Rule.Segment.code(name)
      try section.finish()
    }
    guard !code.isEmpty else {
      throw value.failure("\"\(name)\" has no letter or digit to make an id of; give an `id`")
    }
    guard name.utf8.count <= 128, code.utf8.count <= 64 else {
      throw value.failure("a segment's name has at most 128 bytes, its id 64")
    }
  }

  /// Letters and digits in lower case, joined by hyphens: `Electronics Enthusiasts` is `electronics-enthusiasts`.
  public static func code(_ name: String) -> String {
    name.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
  }
}

extension YAMLSection {
  fileprivate mutating func required(_ name: String, of parent: YAMLValue) throws -> YAMLValue {
    guard let value = try value(name) else { throw missing([name], of: parent, "`\(name)` is missing") }
    return value
  }

  /// A window of time that is not longer than what is known of a session.
  fileprivate mutating func window(
    _ name: String, of parent: YAMLValue, most: UInt32, because: String, standard: UInt32? = nil
  ) throws -> UInt32 {
    guard let value = try value(name) else {
      if let standard { return standard }
      throw missing([name], of: parent, "`\(name)` is missing")
    }
    let seconds = try value.seconds()
    guard seconds <= most else {
      throw value.failure("\(try value.string()) is too long: \(because) \(DurationText.text(most))")
    }
    return seconds
  }
}

extension YAMLValue {
  /// The entries of a list, or the value itself.
  fileprivate func elements() throws -> [YAMLValue] {
    guard case .sequence = node else { return [self] }
    let entries = try list()
    guard !entries.isEmpty else { throw failure("an empty list") }
    return entries
  }

  fileprivate func named() throws -> Rule.Named {
    let text = try string()
    guard !text.isEmpty else { throw failure("an empty text") }
    return Rule.Named(text: text, place: Rule.Place(file: file, line: node.mark?.line, key: key))
  }

  fileprivate func named() throws -> [Rule.Named] { try elements().map { try $0.named() as Rule.Named } }

  fileprivate func words(_ words: [String]) throws -> [String] {
    let choices = Dictionary(uniqueKeysWithValues: words.map { ($0, $0) })
    return try elements().map { try $0.choice(choices) }
  }

  fileprivate func priceLevel() throws -> Rule.PriceLevel {
    try choice(Dictionary(uniqueKeysWithValues: Rule.PriceLevel.allCases.map { ($0.rawValue, $0) }))
  }

  /// A price in the shop's currency, as hundredths.
  fileprivate func money() throws -> UInt32 {
    UInt32((try number(in: 0...40_000_000) * 100).rounded())
  }

  /// `18:30`; `24:00` is the end of the day.
  fileprivate func minuteOfDay() throws -> Int {
    let parts = try string("a time of day such as 18:30").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
      (0...59).contains(minute), (0...24).contains(hour), hour < 24 || minute == 0
    else { throw expected("a time of day such as 18:30") }
    return hour * 60 + minute
  }
}
