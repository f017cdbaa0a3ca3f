import Configuration
import Testing

/// A region's code of a byte too many, and what is said of it.
private let long = String(repeating: "é", count: 128)

private func noCode(_ bytes: Int) -> String {
  "a region's code and a group's name have 1 to 255 bytes, this one has \(bytes)"
}

@Suite struct ConfigurationErrorTests {
  private func error(_ yaml: String) -> String {
    do {
      _ = try Configuration(yaml: yaml, file: "shop.yaml")
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("seed: 1\nevents:\n  colums: {}\n", "shop.yaml:3: events.colums: unknown key; did you mean `columns`?"),
    (
      "windows: { xyzzy: 3 }", "shop.yaml:1: windows.xyzzy: unknown key; known here: trending, lists"
    ),
    ("events:\n  columns:\n    itemid: a", "shop.yaml:3: events.columns.itemid: unknown key; did you mean `item_id`?"),
    ("events: { columns: { item_id: [a, b] } }", "shop.yaml:1: events.columns.item_id: expected one column, found 2"),
    (
      "session: { window: 1h, pause: 2h }",
      "shop.yaml:1: session.pause: longer than `session.window`: every signal would start a visit"
    ),
    ("events: [1]", "shop.yaml:1: events: expected keys with values, found a list"),
    ("- 1", "shop.yaml:1: expected keys with values, found a list"),
    ("events: { format: xml }", "shop.yaml:1: events.format: expected one of auto, csv, ndjson, tsv, found \"xml\""),
    ("events: { ordered: maybe }", "shop.yaml:1: events.ordered: expected one of false, true, found \"maybe\""),
    (
      "models:\n  factors:\n    iterations: 12\n    dimensions: 1000",
      "shop.yaml:4: models.factors.dimensions: 1000 is out of range: at least 0, at most 128"
    ),
    (
      "models: { factors: { iterations: 1.5 } }",
      "shop.yaml:1: models.factors.iterations: expected a whole number, found \"1.5\""
    ),
    (
      "models: { factors: { dimensions: 12 } }",
      "shop.yaml:1: models.factors.dimensions: expected a multiple of 8, found \"12\""
    ),
    ("weights: { view: -1 }", "shop.yaml:1: weights.view: -1 is out of range: at least 0.0, at most 1000.0"),
    ("weights: { view: nan }", "shop.yaml:1: weights.view: expected a number, found \"nan\""),
    (
      "windows: { trending: 30 }",
      "shop.yaml:1: windows.trending: expected a duration such as 90s, 30m, 12h, 30d or 2w, found \"30\""
    ),
    (
      "windows: { trending: -1d }",
      "shop.yaml:1: windows.trending: expected a duration such as 90s, 30m, 12h, 30d or 2w, found \"-1d\""
    ),
    ("windows: { trending: 0d }", "shop.yaml:1: windows.trending: \"0d\" is out of range: more than 0s, at most 7101w"),
    ("windows: { lists: 9999w }", "shop.yaml:1: windows.lists: \"9999w\" is out of range: more than 0s, at most 7101w"),
    (
      "snapshot: { budget: 8 mib }",
      "shop.yaml:1: snapshot.budget: expected a size such as 8 MiB or 500 kB, found \"8 mib\""
    ),
    (
      "snapshot: { budget: 65 MiB }",
      "shop.yaml:1: snapshot.budget: 65 MiB is out of range: at least 65536, at most 67108864"
    ),
    (
      "events: { reject: { max_share: 120% } }",
      "shop.yaml:1: events.reject.max_share: 120% is out of range: at least 0.0, at most 1.0"
    ),
    (
      "events:\n  skip:\n    - { column: a, below: 1 }\n    - { column: b }",
      "shop.yaml:4: events.skip[1]: a rule needs exactly one of `matches`, `below`, `above` and `empty: true`"
    ),
    ("events: { skip: [ { matches: a } ] }", "shop.yaml:1: events.skip[0]: a rule needs a `column`"),
    (
      "never_recommend:\n  - ok\n  - \"[a\"",
      "shop.yaml:3: never_recommend[1]: \"[a\" is not a pattern: a `[` is not closed, a range runs backwards, or it is empty"
    ),
    (
      "never_recommend: [ {} ]",
      "shop.yaml:1: never_recommend[0]: a pattern needs one of `id`, `title`, `category` and `brand`"
    ),
    (
      "as_of: yesterday",
      "shop.yaml:1: as_of: expected `newest` or a time such as 2011-10-01T00:00:00Z, found \"yesterday\""
    ),
    (
      "events: { time: { zone: Mars/Olympus } }",
      "shop.yaml:1: events.time.zone: expected UTC, an offset such as +02:00 or a zone name such as Europe/Berlin, found \"Mars/Olympus\""
    ),
    (
      "events: { time: { format: \"%Y %Q\" } }",
      "shop.yaml:1: events.time.format: %Q is not supported; known are %Y %m %d %H %M %S %f %y %b %e %I %p %z %j %T %F %%"
    ),
    ("events: { time: { format: \"%Y%\" } }", "shop.yaml:1: events.time.format: the pattern ends in a single %"),
    ("regions: { other: x }", "shop.yaml:1: regions.other: needs `keep_busiest`: without it no region is left over"),
    (
      "regions:\n  groups:\n    world: [x, y]",
      "shop.yaml:3: regions.groups.world: \"world\" is everywhere, no group may be called so"
    ),
    (
      "regions:\n  other: A\n  keep_busiest: 3\n  groups: { A: [x] }",
      "shop.yaml:2: regions.other: `other` is \"A\", which is a group or the world, no region"
    ),
    (
      "regions:\n  keep_busiest: 3\n  groups: { other: [x] }",
      "shop.yaml:1: regions: `other` is \"other\", which is a group or the world, no region"
    ),
    (
      "regions:\n  groups:\n    A: [x, y]\n    B: [y]", "shop.yaml:4: regions.groups.B: \"y\" is in group \"A\" already"
    ),
    ("regions:\n  groups:\n    A: [x]\n    \"\": [y]", "shop.yaml:4: regions.groups.: \(noCode(0))"),
    ("regions:\n  groups:\n    A: [x, \"\"]", "shop.yaml:3: regions.groups.A[1]: \(noCode(0))"),
    ("regions:\n  groups:\n    A: [\(long)]", "shop.yaml:3: regions.groups.A[0]: \(noCode(256))"),
    ("regions:\n  groups:\n    A: \(long)", "shop.yaml:3: regions.groups.A: \(noCode(256))"),
    ("regions:\n  groups: { \(long): [x] }", "shop.yaml:2: regions.groups.\(long): \(noCode(256))"),
    ("regions:\n  keep_busiest: 3\n  other: \(long)", "shop.yaml:3: regions.other: \(noCode(256))"),
    ("regions: { keep_busiest: 3, other: \"\" }", "shop.yaml:1: regions.other: \(noCode(0))"),
    (
      "events: { names: { a: looked } }",
      "shop.yaml:1: events.names.a: expected one of add_to_cart, click, dwell, impression, purchase, rate, remove_from_cart, search, view, found \"looked\""
    ),
    ("\nwieghts:\n  view: 1", "shop.yaml:2: wieghts: unknown key; did you mean `weights`?"),
    ("session:\n\n  # an hour\n  decay:\n    - 3", "shop.yaml:4: session.decay: expected a number, found a list"),
    ("seed:\n  a: 1", "shop.yaml:1: seed: expected a whole number, found a mapping"),
    (
      "session: &session\n  pause: 30m\nseed: *session", "shop.yaml:3: seed: expected a whole number, found a mapping"
    ),
    ("seed: 1\nseed: 2", "shop.yaml:1: `seed` stands twice in this mapping"),
  ])
  func namesFileLineAndKey(yaml: String, expected: String) {
    #expect(error(yaml) == expected)
  }

  @Test func saysWhereTheYAMLBreaks() {
    #expect(error("seed: 1\nevents: [1\nweights: 2").hasPrefix("shop.yaml:3: not valid YAML: "))
    #expect(error("seed: \"1").hasPrefix("shop.yaml:"))
  }

  @Test func missingFile() {
    #expect(throws: ConfigurationError.self) { try Configuration.load(path: "/nonexistent/martlet.yaml") }
  }
}
