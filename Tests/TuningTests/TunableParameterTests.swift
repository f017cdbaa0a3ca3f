import Configuration
import Testing
import Tuning

struct TunableParameterTests {
  /// What the space says holds without a key is what the configuration has without it, and every end of every range can be loaded.
  @Test(arguments: TunableParameter.all.map(\.key)) func describesTheConfiguration(key: String) throws {
    let parameter = try #require(TunableParameter.all.first { $0.key == key })
    let standard = try ConfigurationText().setting([key: parameter.standard]).configuration()
    #expect(standard == .default)
    for place in [0, 0.3, 0.6, 1] {
      let text = parameter.text(at: place)
      let loaded = try ConfigurationText().setting([key: text]).configuration()
      #expect((loaded == .default) == (text == parameter.standard), "\(text)")
    }
  }

  @Test func keysAreNamedOnce() {
    #expect(Set(TunableParameter.all.map(\.key)).count == TunableParameter.all.count)
  }

  /// A text's place gives the text again, for all that a search can propose.
  @Test(arguments: TunableParameter.all.map(\.key)) func placesAndTextsAgree(key: String) throws {
    let parameter = try #require(TunableParameter.all.first { $0.key == key })
    var last = -1.0
    for place in stride(from: 0, through: 1, by: 1.0 / 64) {
      let text = parameter.text(at: place)
      let position = parameter.position(of: text)
      #expect(parameter.text(at: position) == text)
      #expect(position >= last, "the line rises: \(text)")
      last = position
    }
  }

  @Test func scales() {
    let share = TunableParameter.number("share", 0.01...100, standard: "1")
    #expect([0, 0.25, 0.5, 0.75, 1].map(share.text) == ["0.01", "0.1", "1", "10", "100"])
    #expect(share.position(of: "1") == 0.5 && share.position(of: "1e9") == 1 && share.position(of: "0") == 0)
    let dimensions = TunableParameter.whole("dimensions", 0...64, .linear, multipleOf: 8, standard: "32")
    #expect([0, 0.1, 0.5, 0.99].map(dimensions.text) == ["0", "8", "32", "64"])
    let window = TunableParameter.duration("window", "1d", "256d", beyond: "all", standard: "all")
    #expect(window.text(at: 0) == "1d" && window.text(at: 1) == "all" && window.text(at: 0.875) == "256d")
    #expect(window.text(at: 0.4375) == "16d" && window.position(of: "16d") == 0.4375 && window.position(of: "all") == 1)
    let short = TunableParameter.duration("short", "10m", "12h", standard: "1h")
    #expect(short.text(at: 0) == "10m" && short.text(at: 1) == "12h")
    let large = TunableParameter.number("large", 1...1_000_000, standard: "1")
    #expect(large.text(at: 1) == "1000000")
    let kind = TunableParameter.choice("kind", ["low", "middle", "high"], standard: "low")
    #expect([0, 0.4, 0.6, 0.9].map(kind.text) == ["low", "middle", "middle", "high"])
    #expect(
      [share, dimensions, window, kind].map(\.values) == [
        "0.01 – 100", "0 – 64", "1d – 256d, all", "low, middle, high",
      ])
    #expect(kind.position(of: "high") == 1 && kind.position(of: "what") == 0.5)
  }
}
