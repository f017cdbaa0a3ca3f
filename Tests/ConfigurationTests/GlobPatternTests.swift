import Configuration
import Foundation
import Testing

@Suite struct GlobPatternTests {
  @Test(arguments: [
    ("POST", "POST", true), ("POST", "POSTAGE", false), ("POST", "post", false), ("C*", "C536", true),
    ("C*", "536C", false),
    ("*", "", true), ("?", "", false), ("?", "é", true), ("??", "é", false), ("*é*", "caféx", true), ("", "a", false),
    ("[Mm]", "m", true), ("[!0-9]*", "9a", false), ("[!0-9]*", "a9", true), ("[a-cx]", "b", true), ("[]a]", "]", true),
    ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("*a*b*c", "xxaxxbxxcxxc", true), ("*ab", "aab", true),
    ("[é-ü]", "ö", true), ("gift_*_?0", "gift_0001_20", true),
  ])
  func matches(pattern: String, text: String, expected: Bool) throws {
    #expect(try #require(GlobPattern(pattern)).matches(text) == expected)
  }

  @Test(arguments: ["[", "[a", "[z-a]", "a\\", "[]"])
  func refuses(pattern: String) {
    #expect(GlobPattern(pattern) == nil)
  }

  /// The C library's fnmatch as the oracle, on random patterns and texts of a small alphabet.
  @Test func agreesWithFnmatch() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let parts = ["a", "b", "*", "?", "[ab]", "[!a]", "\\*", "."]
      let pattern = (0..<Int.random(in: 0...6)).map { _ in parts.randomElement(using: &generator)! }.joined()
      let text = String((0..<Int.random(in: 0...7)).map { _ in "ab*.".randomElement(using: &generator)! })
      let expected = fnmatch(pattern, text, 0) == 0
      #expect(GlobPattern(pattern)!.matches(text) == expected, "\(pattern) on \(text)")
    }
  }

  @Test func manyStarsTakeNoLongTime() throws {
    let pattern = try #require(GlobPattern(String(repeating: "a*", count: 50) + "b"))
    #expect(!pattern.matches(String(repeating: "a", count: 5_000)))
  }
}
