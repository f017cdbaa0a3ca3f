import Session
import TestSupport

/// A condition judged by going through all that has happened: slow and obvious.
indirect enum PlainCondition {
  struct Events {
    var types: [EventType]
    var category: String?
    var brand: String?
    var tags: [String] = []
    var low: Int?
    var high: Int?
    var level: String?

    func includes(_ event: Happening) -> Bool {
      guard types.contains(event.type) else { return false }
      let id = event.item
      guard RuleShop.ids.contains(id) else {
        return category == nil && brand == nil && tags.isEmpty && low == nil && level == nil
      }
      if let category, RuleShop.category(id) != category, !RuleShop.category(id).hasPrefix("\(category) > ") {
        return false
      }
      if let brand, RuleShop.brand(id) != brand { return false }
      if !tags.isEmpty, !tags.contains(where: RuleShop.tags(id).contains) { return false }
      if let low, let high, !(low * 100...high * 100).contains(Int(RuleShop.price(id))) { return false }
      if let level, RuleShop.level(id) != level { return false }
      return true
    }

    var yaml: String {
      var parts = ["event: [\(types.map { "\($0.name)" }.joined(separator: ", "))]"]
      if let category { parts.append("category: \(category)") }
      if let brand { parts.append("brand: \(brand)") }
      if !tags.isEmpty { parts.append("tag: [\(tags.joined(separator: ", "))]") }
      if let low, let high { parts.append("price: { from: \(low), to: \(high) }") }
      if let level { parts.append("price: \(level)") }
      return parts.joined(separator: ", ")
    }
  }

  case all([PlainCondition])
  case any([PlainCondition])
  case not(PlainCondition)
  case count(Events, least: Int?, most: Int?, within: UInt32)
  case distinct(Events, least: Int, within: UInt32)
  case sequence([Events], within: UInt32)
  case absence(of: Events, after: Events, wait: UInt32, within: UInt32)
  case visits(least: Int, within: UInt32)

  /// - Returns: the moment since when it holds; nil where it does not; 0 where that is not known.
  func since(_ past: [Happening], _ now: UInt32) -> UInt32? {
    switch self {
    case .all(let parts):
      let moments = parts.map { $0.since(past, now) }
      return moments.contains { $0 == nil } ? nil : moments.compactMap { $0 }.max()
    case .any(let parts): return parts.compactMap { $0.since(past, now) }.min()
    case .not(.all(let parts)): return PlainCondition.any(parts.map { .not($0) }).since(past, now)
    case .not(.any(let parts)): return PlainCondition.all(parts.map { .not($0) }).since(past, now)
    case .not(.not(let part)): return part.since(past, now)
    case .not(.count(let events, let least, let most, let window)):
      var parts: [PlainCondition] = []
      if let least { parts.append(.count(events, least: nil, most: least - 1, within: window)) }
      if let most { parts.append(.count(events, least: most + 1, most: nil, within: window)) }
      return PlainCondition.any(parts).since(past, now)
    case .not(.visits(let least, let window)):
      let starts = PlainCondition.starts(past, now)
      if starts.count(where: { now - $0 <= window }) >= least { return nil }
      return starts.count < least ? 0 : starts[starts.count - least] + window + 1
    case .not(let other): return other.since(past, now) == nil ? 0 : nil
    case .count(let events, let least, let most, let window):
      let times = past.filter(events.includes).map(\.time)
      let inside = times.filter { now - $0 <= window }
      var since: UInt32 = 0
      if let least {
        guard inside.count >= least else { return nil }
        since = max(since, inside[least - 1])
      }
      if let most {
        guard inside.count <= most else { return nil }
        if times.count > most { since = max(since, times[times.count - most - 1] + window + 1) }
      }
      return since
    case .distinct(let events, let least, let window):
      var seen: Set<String> = []
      for event in past where events.includes(event) && now - event.time <= window && RuleShop.ids.contains(event.item)
      {
        if seen.insert(event.item).inserted, seen.count == least { return event.time }
      }
      return nil
    case .sequence(let steps, let window):
      var step = 0
      for event in past where now - event.time <= window && steps[step].includes(event) {
        step += 1
        if step == steps.count { return event.time }
      }
      return nil
    case .absence(let awaited, let opening, let wait, let window):
      var oldest: UInt32?
      for event in past {
        if awaited.includes(event) {
          oldest = nil
        } else if oldest == nil, opening.includes(event), now - event.time <= window {
          oldest = event.time
        }
      }
      guard let oldest, oldest + wait <= now else { return nil }
      return oldest + wait
    case .visits(let least, let window):
      let inside = PlainCondition.starts(past, now).filter { now - $0 <= window }
      return inside.count >= least ? inside[least - 1] : nil
    }
  }

  /// When visits began; the request itself begins one after a pause.
  private static func starts(_ past: [Happening], _ now: UInt32) -> [UInt32] {
    guard let first = past.first else { return [] }
    var starts = [first.time]
    for (earlier, later) in zip(past.map(\.time), past.dropFirst().map(\.time) + [now])
    where later - earlier >= Session.pause { starts.append(later) }
    return starts
  }

  var yaml: String {
    func list(_ parts: [PlainCondition]) -> String { "[\(parts.map(\.yaml).joined(separator: ", "))]" }
    switch self {
    case .all(let parts): return "{ all: \(list(parts)) }"
    case .any(let parts): return "{ any: \(list(parts)) }"
    case .not(let part): return "{ not: \(part.yaml) }"
    case .count(let events, let least, let most, let window):
      let bounds = (least.map { ", at_least: \($0)" } ?? "") + (most.map { ", at_most: \($0)" } ?? "")
      return "{ count: { \(events.yaml)\(bounds), within: \(window)s } }"
    case .distinct(let events, let least, let window):
      return "{ count: { \(events.yaml), at_least: \(least), distinct: items, within: \(window)s } }"
    case .sequence(let steps, let window):
      return "{ sequence: { steps: [\(steps.map { "{ \($0.yaml) }" }.joined(separator: ", "))], within: \(window)s } }"
    case .absence(let awaited, let opening, let wait, let window):
      return
        "{ absence: { of: { \(awaited.yaml) }, after: { \(opening.yaml) }, for: \(wait)s, within: \(window)s } }"
    case .visits(let least, let window): return "{ visits: { at_least: \(least), within: \(window)s } }"
    }
  }
}

extension PlainCondition {
  static func random(_ random: inout SeededGenerator, depth: Int = 0) -> PlainCondition {
    let window = UInt32([60, 600, 3600, 20_000, 86_400][random.below(5)])
    switch random.below(depth < 3 ? 11 : 8) {
    case 0, 1:
      let least = random.once(in: 3) ? nil : 1 + random.below(5)
      let most = least == nil || random.once(in: 4) ? (least ?? 0) + random.below(4) : nil
      return .count(.random(&random), least: least, most: most, within: window)
    case 2: return .distinct(.random(&random), least: 1 + random.below(4), within: window)
    case 3: return .sequence((0...random.below(3) + 1).map { _ in .random(&random) }, within: window)
    case 4, 5:
      return .absence(
        of: .random(&random), after: .random(&random), wait: 1 + UInt32(random.below(Int(window))), within: window)
    case 6: return .visits(least: 1 + random.below(3), within: window)
    case 7: return .count(.random(&random), least: 1, most: nil, within: window)
    case 8: return .all((0...random.below(3)).map { _ in PlainCondition.random(&random, depth: depth + 1) })
    case 9: return .any((0...random.below(3)).map { _ in PlainCondition.random(&random, depth: depth + 1) })
    default: return .not(PlainCondition.random(&random, depth: depth + 1))
    }
  }
}

extension PlainCondition.Events {
  static func random(_ random: inout SeededGenerator) -> PlainCondition.Events {
    let types: [EventType] = [.view, .addToCart, .purchase, .removeFromCart]
    var events = PlainCondition.Events(types: [types[random.below(4)]])
    if random.once(in: 4) { events.types = [.view, .purchase] }
    if random.once(in: 2) { events.category = (RuleShop.categories + ["Electronics", "Home"])[random.below(5)] }
    if random.once(in: 4) { events.brand = "brand \(random.below(3))" }
    if random.once(in: 4) { events.tags = random.once(in: 2) ? ["new"] : ["tag 0", "new"] }
    switch random.below(6) {
    case 0: (events.low, events.high) = (20, 20 + random.below(60))
    case 1: events.level = ["low", "mid", "high"][random.below(3)]
    default: break
    }
    return events
  }
}
