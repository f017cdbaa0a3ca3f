import Configuration
import Testing

@Suite struct ConfigurationTextTests {
  private func set(_ key: String, _ value: String, in text: String) throws -> String {
    var edited = ConfigurationText(text)
    try edited.set(key, to: value)
    #expect(try edited.value(key) == (value == "~" ? nil : value))
    return edited.text
  }

  /// What is there is replaced in its place, and nothing else moves.
  @Test func replacesValues() throws {
    let text = """
      # The shop's own. \u{1F6D2}
      seed: 7 # lucky
      weights: { view: "1", 'click': 2 }   # ünïcode
      models:
          next_item:

            # how far
            steps:   5   # not more
            recency_half_life: '30d'
          factors: {dimensions: 8,
            iterations: 3}

      """
    func expected(_ old: String, _ new: String) -> String { text.replacing(old, with: new) }
    #expect(try set("seed", "8", in: text) == expected("seed: 7", "seed: 8"))
    #expect(try set("weights.view", "0.5", in: text) == expected("\"1\"", "0.5"))
    #expect(try set("weights.click", "12", in: text) == expected("2 }", "12 }"))
    #expect(try set("models.next_item.steps", "10", in: text) == expected("  5 ", "  10 "))
    #expect(try set("models.next_item.recency_half_life", "~", in: text) == expected("'30d'", "~"))
    #expect(try set("models.factors.iterations", "30", in: text) == expected("iterations: 3", "iterations: 30"))
  }

  /// What is not there is put behind the last of its section, before the comments of what follows.
  @Test func insertsKeys() throws {
    let text = """
      models:
        # one
        next_item:
          steps: 5  # kept

        # two
        factors: { dimensions: 8 }
      # the end
      windows:
      """
    #expect(
      try set("models.next_item.length", "9", in: text)
        == text.replacing("# kept\n", with: "# kept\n    length: 9\n"))
    #expect(
      try set("models.popularity.half_life", "3d", in: text)
        == text.replacing("8 }\n", with: "8 }\n  popularity:\n    half_life: 3d\n"))
    #expect(
      try set("models.factors.iterations", "3", in: text)
        == text.replacing("{ dimensions", with: "{ iterations: 3, dimensions"))
    #expect(try set("windows.trending", "3d", in: text) == text + " { trending: 3d }")
    #expect(try set("seed", "3", in: text) == text + "\nseed: 3\n")
    #expect(try set("weights.view", "3", in: text + " ~") == text + " ~\nweights:\n  view: 3\n")
    #expect(try set("windows.lists", "all", in: text + " {}\r\n") == text + " { lists: all }\r\n")
  }

  @Test func emptyTexts() throws {
    #expect(try set("seed", "3", in: "") == "seed: 3\n")
    #expect(try set("seed", "3", in: "# only this") == "# only this\nseed: 3\n")
    #expect(try set("models.factors.iterations", "3", in: "{}") == "{ models: { factors: { iterations: 3 } } }")
    #expect(try set("seed", "3", in: "---\nweights: {}\n...\n") == "---\nweights: {}\nseed: 3\n...\n")
    #expect(try set("seed", "3", in: "weights: {}\r\n") == "weights: {}\r\nseed: 3\r\n")
    #expect(
      try set("models.factors.iterations", "3", in: "models:\n  factors:\n")
        == "models:\n  factors: { iterations: 3 }\n")
  }

  /// Every key of every layout, one after the other: the text means what was set, and what was there before.
  @Test(arguments: [
    "", "# a comment", "models: {}", "{ models: { next_item: { steps: 3 } } }", "never_recommend:\n- A\n- B",
    "models:\n\n    factors:\n        iterations: 3\n    # end\n\nnever_recommend:\n  - \"#1\"\n  # last\n",
    "weights: { view: 2,\n  # inside\n  click: 3 }\nevents:\n  names: { a: view }",
  ])
  func setsManyKeys(text: String) throws {
    let values = [
      "models.next_item.steps": "4", "models.factors.iterations": "5", "weights.view": "0.25", "seed": "12",
      "models.popularity.half_life": "36h", "windows.lists": "all", "models.factors.dimensions": "16",
    ]
    let read = try ConfigurationText(text).setting(values).configuration()
    var expected = try Configuration(yaml: text)
    (expected.models.nextItem.steps, expected.models.factors.iterations, expected.seed) = (4, 5, 12)
    (expected.models.popularity.halfLifeSeconds, expected.models.factors.dimensions) = (129_600, 16)
    expected.weights[.view] = 0.25
    #expect(read == expected)
  }

  /// Where a change would not be a change of this value alone, nothing is changed.
  @Test(arguments: [
    ("windows: { trending: &t 3d, lists: *t }", "windows.trending", "shop.yaml:1"),
    ("models:\n  popularity: &p { half_life: 3d }\n  next_item: *p", "models.next_item.steps", "shop.yaml:2"),
    ("seed: |\n  3\n", "seed", "shop.yaml:1"), ("windows: 3", "windows.lists.deep", "shop.yaml:1"),
    ("weights:\n  view: 1\n", "weights", "shop.yaml:2"),
  ])
  func refusesWhatItCannotTell(text: String, key: String, place: String) {
    var edited = ConfigurationText(text, file: "shop.yaml")
    do {
      try edited.set(key, to: "5d")
      Issue.record("set to \(edited.text)")
    } catch {
      #expect("\(error)".hasPrefix("\(place): \(key): cannot be changed as it is written here"))
    }
    #expect(edited.text == text)
  }

  @Test func durations() {
    for (text, seconds) in [("90s", 90), ("30m", 1800), ("2 h", 7200), ("1d", 86_400), ("2w", 1_209_600)]
      as [(String, UInt64)]
    {
      #expect(DurationText.seconds(text) == seconds)
    }
    for text in ["", "d", "-1d", "1.5d", "7", "99999999999s"] { #expect(DurationText.seconds(text) == nil) }
    for text in ["61s", "90m", "36h", "14d"] {
      #expect(DurationText.text(UInt32(DurationText.seconds(text)!)) == text)
    }
  }
}
