import EventLog
import Foundation

/// Attributes as sparse vectors of tokens: the levels of a category path, the brand, the words of a title. Within a field, a
/// token weighs idf = ln(1 + items / items with it), and a field's part of a vector has the length √w_f, so that the
/// product of two vectors is Σ_f w_f · cos_f. Prices have no tokens; ½ the price or twice is as far as they reach.
struct ContentVectors {
  /// By item: tokens, ascending. What only one item has is left out: it likens nothing to anything.
  private(set) var rows = SparseRows()
  /// Items by token.
  private(set) var frequencies: [UInt32]
  /// By item: Σ w_f over the fields that it has.
  private var weights: [Float] = []
  private let logPrices: [Float?]
  private let priceWeight: Float

  init(_ catalogue: Catalogue, attributes: ItemAttributes, itemCount: Int, parameters: ContentSimilarity.Parameters) {
    let items = catalogue.items.prefix(itemCount)
    priceWeight = parameters.priceWeight
    logPrices = (0..<itemCount).map { item in
      item < items.count ? items[item].price.flatMap { $0 > 0 ? Float(log(Double($0))) : nil } : nil
    }
    let (words, wordCount) = ContentVectors.wordNumbers(items.map(\.title))
    let firstBrand = UInt32(attributes.categories.count)
    let firstWord = firstBrand + UInt32(attributes.brands.count)
    /// An item's tokens by field.
    func fields(_ item: Int) -> [(weight: Float, tokens: [UInt32])] {
      let brand = attributes.brandOfItem[item]
      return [
        (parameters.categoryWeight, attributes.chain(from: attributes.categoryOfItem[item]).reversed()),
        (parameters.brandWeight, brand == ItemAttributes.none ? [] : [firstBrand + brand]),
        (parameters.titleWeight, item < items.count ? words[item].map { firstWord + $0 } : []),
      ]
    }
    var frequencies = [UInt32](repeating: 0, count: Int(firstWord) + wordCount)
    for item in 0..<itemCount {
      for field in fields(item) { for token in field.tokens { frequencies[Int(token)] += 1 } }
    }
    self.frequencies = frequencies
    for item in 0..<itemCount {
      var entries: [(item: UInt32, value: Float)] = []
      var weight = logPrices[item] == nil ? 0 : priceWeight
      for field in fields(item) where field.weight > 0 && !field.tokens.isEmpty {
        weight += field.weight
        let part = field.tokens.filter { frequencies[Int($0)] > 1 }.map { token in
          (token, Float(log(1 + Double(itemCount) / Double(frequencies[Int(token)]))))
        }
        let length = part.reduce(0) { $0 + $1.1 * $1.1 }.squareRoot()
        entries += part.map { (item: $0.0, value: field.weight.squareRoot() * $0.1 / length) }
      }
      rows.append(row: entries)
      weights.append(weight)
    }
  }

  /// Σ_f w_f · cos_f of the fields with tokens.
  func product(_ a: Int, _ b: Int) -> Float {
    var (sum, left, right) = (Float(0), rows.row(a), rows.row(b))
    while let i = left.first, let j = right.first {
      let (x, y) = (rows.items[i], rows.items[j])
      if x == y { sum += rows.values[i] * rows.values[j] }
      if x <= y { left.removeFirst() }
      if y <= x { right.removeFirst() }
    }
    return sum
  }

  /// How like `a` `b` is, from the product of their tokens.
  func similarity(of b: Int, to a: Int, product: Float) -> Float {
    var sum = product
    if let x = logPrices[a], let y = logPrices[b] { sum += priceWeight * max(0, 1 - abs(x - y) / Float(log(2.0))) }
    return sum / weights[a]
  }

  /// Ascending numbers of each title's words, by their first appearance.
  private static func wordNumbers(_ titles: [String]) -> ([[UInt32]], Int) {
    var numbers: [String: UInt32] = [:]
    let rows = titles.map { title in
      titleWords(title).map { word in
        let number = numbers[word] ?? UInt32(numbers.count)
        numbers[word] = number
        return number
      }.sorted()
    }
    return (rows, numbers.count)
  }
}
