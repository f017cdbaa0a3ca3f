import Configuration
import Session
import Testing

@Suite struct RuleTests {
  private func rules(_ text: String) throws -> [Rule] { try Configuration(yaml: "rules:\n" + text).rules }

  private func failure(_ text: String) -> String? {
    do {
      _ = try rules(text)
      return nil
    } catch { return "\(error)" }
  }

  @Test func everyConditionAndEffectIsRead() throws {
    let read = try rules(
      """
        - id: all of it
          when:
            any:
              - count: { event: [view, click], category: A > B, brand: [x, y], price: { from: 1.5, to: 20 }, at_least: 2, at_most: 4, within: 1d }
              - not: { count: { event: search, at_least: 1, distinct: items, within: 2h } }
              - sequence: { steps: [{ event: view, price: low }, { event: add_to_cart, tag: new }], within: 1h }
              - absence: { of: { event: purchase }, after: { event: add_to_cart, item: i }, for: 15m }
              - visits: { at_most: 3, within: 90d }
            context: { region: north, device: [mobile, tablet], referrer: ads, page: cart, time: { from: "22:30", to: "6:00" }, days: [mon, sun] }
            segment: [s, t]
          then:
            join: [Great Ones, { id: g, name: Große }]
            leave: x
            boost: [{ category: A, by: 1 }, { price: high, by: -0.5 }]
            bury: { brand: z }
            pin: { item: i }
            offer: { code: C-1, valid: 2h }
      """)
    let rule = try #require(read.first)
    guard case .all(let parts) = rule.condition, case .any(let any) = parts[0] else {
      Issue.record("\(rule.condition)")
      return
    }
    guard case .count(let events, let bounds, 86_400, false) = any[0] else {
      Issue.record("\(any[0])")
      return
    }
    #expect(events.types == [.view, .click] && events.price == .range(150...2000))
    #expect(
      events.attributes.map(\.kind) == [.category, .brand] && events.attributes[1].values.map(\.text) == ["x", "y"])
    #expect(bounds == Rule.Bounds(least: 2, most: 4))
    guard case .absence(_, _, 900, 86_400) = any[3] else {
      Issue.record("\(any[3])")
      return
    }
    #expect(
      parts.dropFirst().prefix(6) == [
        .region(["north"]), .device(["mobile", "tablet"]), .referrer(["ads"]), .page(["cart"]),
        .time(from: 1350, to: 360), .days([0, 6]),
      ])
    #expect(rule.effects.count == 8)
    guard case .join(let segment) = rule.effects[0] else {
      Issue.record("\(rule.effects[0])")
      return
    }
    #expect(segment.code == "great-ones" && segment.name == "Great Ones")
    #expect(rule.effects[7] == .offer(code: "C-1", validity: 7200))
  }

  @Test(
    arguments: [
      ("count: { event: view, at_least: 1 }", "`within` is missing"),
      ("count: { event: view, within: 1h }", "either `at_least` or `at_most` is needed"),
      ("count: { event: view, atleast: 1, within: 1h }", "unknown key; did you mean `at_least`?"),
      (
        "absence: { of: { event: purchase }, after: { event: add_to_cart }, fore: 15m }",
        "unknown key; did you mean `for`?"
      ),
      ("count: { event: veiw, at_least: 1, within: 1h }", "found \"veiw\""),
      ("count: { event: view, at_least: 65, within: 1h }", "65 is out of range"),
      ("count: { event: view, at_least: 3, at_most: 2, within: 1h }", "`at_least` is above `at_most`"),
      ("count: { event: view, at_least: 3, within: 91d }", "91d is too long: events are counted for at most 90d"),
      ("count: { event: view, at_least: 3, distinct: items, within: 2d }", "2d is too long"),
      ("count: { event: view, catgory: x, at_least: 3, within: 1h }", "did you mean `category`?"),
      ("count: { event: view, price: { from: 3, to: 2 }, at_least: 3, within: 1h }", "`from` is above `to`"),
      ("sequence: { steps: [{ event: view }], within: 1h }", "1 steps: a sequence has 2 to 16"),
      ("sequence: { steps: [{ event: view }, { event: view }], within: 25h }", "25h is too long"),
      ("absence: { of: { event: purchase }, after: { event: view }, for: 2h, within: 1h }", "longer than `within`"),
      ("context: {}", "no condition"),
      ("context: { region: \"\" }", "this one has 0"), ("context: { region: [a, \"\"] }", "region[1]: "),
      ("context: { region: [] }", "an empty list"),
      ("context: { region: \(String(repeating: "r", count: 256)) }", "have 1 to 255 bytes, this one has 256"),
      ("context: { device: phone }", "found \"phone\""),
      ("context: { time: { from: \"8\", to: \"9:00\" } }", "a time of day such as 18:30"),
      ("all: []", "an empty list"), ("{}", "no condition"),
    ])
  func aWrongConditionIsNamedWithItsLine(condition: String, message: String) throws {
    let text = condition == "{}" ? "{}" : "{ \(condition) }"
    let error = try #require(failure("  - id: a\n    when:\n      \(text)\n    then: { join: X }\n"))
    #expect(error.contains(message) && error.hasPrefix("martlet.yaml:4: rules[0].when"), "\(error)")
  }

  @Test(
    arguments: [
      ("{ join: \"!\" }", "has no letter or digit"), ("{}", "no effect"),
      ("{ boost: { category: x } }", "`by` is missing"),
      ("{ boost: { by: 1 } }", "one of category, brand, tag and item"),
      ("{ boost: { category: x, by: 101 } }", "101 is out of range"), ("{ bury: { item: a, brand: b } }", "one of"),
      ("{ offer: { code: \"a b\", valid: 1h } }", "visible ASCII"), ("{ offer: { code: a } }", "`valid` is missing"),
      ("{ pin: { item: a, position: 0 } }", "0 is out of range"), ("{ jion: X }", "did you mean `join`?"),
    ])
  func aWrongEffectIsNamedWithItsLine(effect: String, message: String) throws {
    let error = try #require(
      failure("  - id: a\n    when: { visits: { at_least: 2, within: 1d } }\n    then:\n      \(effect)\n"))
    #expect(error.contains(message) && error.hasPrefix("martlet.yaml:5: rules[0].then"), "\(error)")
  }

  /// To 255 bytes: as long as the scorer knows.
  @Test func aLongCodeOfARegionIsOne() throws {
    let code = String(repeating: "r", count: 255)
    let list = try rules("  - { id: a, when: { context: { region: \(code) } }, then: { join: X } }\n")
    #expect(list.map(\.condition) == [.region([code])])
  }

  @Test func idsAreGivenOnce() throws {
    let rule = "  - { id: a, when: { visits: { at_least: 2, within: 1d } }, then: { join: X } }\n"
    #expect(failure(rule + rule) == "martlet.yaml:3: rules[1].id: another rule is called \"a\"")
    #expect(failure("  - { when: {}, then: {} }\n") == "martlet.yaml:2: rules[0]: `id` is missing")
  }
}
