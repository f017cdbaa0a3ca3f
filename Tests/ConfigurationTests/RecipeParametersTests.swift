import Configuration
import SnapshotFormat
import Testing

@Suite struct RecipeParametersTests {
  @Test func everyKeyIsRead() throws {
    let read = try Configuration(
      yaml: """
        contexts:
          homepage:
            n: 12
            exclude: [cart, seen]
            only_category: true
            one_per_group: false
            diversity: 0.35
            max_per_category: 3
            max_per_brand: 2
            price_from: 0.5
            price_to: 2
            sources: { slist: 0.5, category: 4 }
            boost: [{ brand: Acme, by: 1.5 }]
            bury: [{ tag: clearance, by: 2 }]
            leave_out: [{ category: Gift cards }]
            pin: [{ item: "0012", position: 1 }]
            sponsored:
              - { item: ad, position: 3 }
          after_purchase: {}
        """
    ).contexts
    let homepage = try #require(read.homepage)
    var expected = Recipe()
    (expected.limit, expected.excludes, expected.isCategoryOnly) = (12, [.inCart, .seen], true)
    (expected.isOnePerGroup, expected.diversity, expected.perCategory, expected.perBrand) = (false, 35, 3, 2)
    (expected.priceFrom, expected.priceTo) = (50, 200)
    #expect(homepage.recipe == expected && homepage.sourceWeights == ["slist": 0.5, "category": 4])
    #expect(homepage.adjustments.map(\.kind) == [.boost, .boost, .exclude, .pin, .sponsor])
    #expect(homepage.adjustments.map(\.amount) == [1.5, -2, 0, 0, 0])
    #expect(homepage.adjustments.map(\.position) == [0, 0, 0, 0, 2])
    #expect(homepage.adjustments.map(\.items.name) == ["Acme", "clearance", "Gift cards", "0012", "ad"])
    #expect(homepage.adjustments[4].items == AttributeName(.item, "ad", place: "martlet.yaml:18"))
    #expect(read.afterPurchase == RecipeParameters() && read.cart == nil)
    #expect(read["after_purchase"] == RecipeParameters() && read["homepage"] == homepage && read["nowhere"] == nil)
  }

  @Test(arguments: [
    ("homepage: { n: 0 }", "contexts.homepage.n: 0 is out of range"),
    ("homepage: { diverstiy: 1 }", "contexts.homepage.diverstiy: unknown key; did you mean `diversity`?"),
    ("checkout: {}", "contexts.checkout: unknown key"),
    ("cart: { exclude: [viewed] }", "contexts.cart.exclude[0]: expected one of bought, cart, seen, found \"viewed\""),
    ("cart: { diversity: 30 }", "contexts.cart.diversity: 30 is out of range"),
    ("cart: { price_from: 2, price_to: 1 }", "contexts.cart.price_to: below `price_from`"),
    ("cart: { boost: [{ brand: A }] }", "contexts.cart.boost[0]: needs `by`"),
    ("cart: { boost: [{ brand: A, tag: b, by: 1 }] }", "contexts.cart.boost[0]: needs exactly one of"),
    ("cart: { pin: [{ item: A, position: 0 }] }", "contexts.cart.pin[0].position: 0 is out of range"),
    ("cart: { pin: [{ position: 1 }] }", "contexts.cart.pin[0]: needs exactly one of"),
    ("cart: { leave_out: [{ brand: A, by: 1 }] }", "contexts.cart.leave_out[0].by: unknown key"),
    ("cart: { sources: { region: 1 } }", "contexts.cart.sources.region: unknown key"),
  ])
  func whatIsWrongIsNamed(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try Configuration(yaml: "contexts:\n  \(text)\n") }
    #expect(error?.description.hasPrefix("martlet.yaml:2: \(message)") == true, "\(error?.description ?? "")")
  }
}
