import Bytes
import JSONText
import Recommender
import SnapshotFormat

/// Parameters by which a request says what it wants beside what is likely.
extension Service {
  /// Takes parameter `name` if it is one of these.
  func readControl(_ name: ByteView, _ value: ByteView, _ base: BaseSnapshot) throws(Problem) {
    if name.equals("min_price") {
      query.lowest = try price(value, "min_price")
    } else if name.equals("max_price") {
      query.highest = try price(value, "max_price")
    } else if name.equals("diversity") {
      guard let dial = hundredths(value), dial >= 0, dial <= Int64(Recipe.diversityMax) else {
        throw .badRequest("diversity is a number from 0 to 1", field: "diversity")
      }
      query.diversity = UInt8(truncatingIfNeeded: dial)
    } else if name.equals("max_per_category") {
      query.perCategory = try cap(value, "max_per_category")
    } else if name.equals("max_per_brand") {
      query.perBrand = try cap(value, "max_per_brand")
    } else if name.equals("exclude_category") {
      try exclude(key(.category, value, base), "exclude_category")
    } else if name.equals("exclude_brand") {
      try exclude(key(.brand, value, base), "exclude_brand")
    } else if name.equals("exclude_tag") {
      try exclude(key(.tag, value, base), "exclude_tag")
    } else if name.equals("boost") {
      try boost(value, 1, "boost", base)
    } else if name.equals("bury") {
      try boost(value, -1, "bury", base)
    } else if name.equals("pin") {
      try pin(value, .pin, "pin", base)
    } else if name.equals("sponsor") {
      try pin(value, .sponsor, "sponsor", base)
    }
  }

  /// A decimal number in hundredths; nil where it is none.
  private func hundredths(_ text: ByteView) -> Int64? {
    do throws(JSONError) { return try JSONValue.parse(text).fixed(decimals: 2) } catch { return nil }
  }

  @inline(never)
  private func price(_ text: ByteView, _ field: StaticString) throws(Problem) -> UInt32 {
    guard let price = hundredths(text), price >= 0, price < Int64(UInt32.max) else {
      throw .badRequest("a price is a number that is not negative", field: field)
    }
    return UInt32(truncatingIfNeeded: price)
  }

  @inline(never)
  private func cap(_ text: ByteView, _ field: StaticString) throws(Problem) -> UInt8 {
    guard let number = text.unsignedDecimal(maximum: UInt64(Query.limitMax)) else {
      throw .badRequest("a cap is a whole number from 0 to 100, 0 for none", field: field)
    }
    return UInt8(truncatingIfNeeded: number)
  }

  /// Nil for a name that this snapshot does not know: as with items, that is no error.
  @inline(never)
  private func key(_ kind: AttributeKey.Kind, _ name: ByteView, _ base: BaseSnapshot) -> AttributeKey? {
    switch kind {
    case .category: base.category(named: name).map { AttributeKey(.category, UInt32($0)) }
    case .brand: base.brand(named: name).map { AttributeKey(.brand, UInt32($0)) }
    case .tag: base.tag(named: name).map { AttributeKey(.tag, UInt32($0)) }
    default: base.item(id: name).map { AttributeKey(.item, $0) }
    }
  }

  @inline(never)
  private func exclude(_ key: AttributeKey?, _ field: StaticString) throws(Problem) {
    if let key { try adjust(Adjustment(.exclude, key), field) }
  }

  /// `brand:1.5:Acme`: what is meant, by how much, its name.
  @inline(never)
  private func boost(
    _ text: ByteView, _ sign: Float, _ field: StaticString, _ base: BaseSnapshot
  ) throws(Problem) {
    var name = text
    let word = name.removeField(before: UInt8(ascii: ":"))
    let kind: AttributeKey.Kind? =
      word.equals("category")
      ? .category : word.equals("brand") ? .brand : word.equals("tag") ? .tag : word.equals("item") ? .item : nil
    let amount = hundredths(name.removeField(before: UInt8(ascii: ":")))
    guard let kind, !name.isEmpty, let amount, amount >= 0, amount <= Int64(Adjustment.amountMax * 100) else {
      throw .badRequest(
        "category, brand, tag or item, a number from 0 to 100, and a name, with colons between them", field: field)
    }
    guard let key = key(kind, name, base) else { return }
    try adjust(Adjustment(.boost, key, amount: sign * Float(amount) * (1 / 100 as Float)), field)
  }

  /// `2:85123A`: the position, from 1, and the item.
  @inline(never)
  private func pin(
    _ text: ByteView, _ kind: Adjustment.Kind, _ field: StaticString, _ base: BaseSnapshot
  ) throws(Problem) {
    var id = text
    let position = id.removeField(before: UInt8(ascii: ":"))
    guard let position = position.unsignedDecimal(maximum: UInt64(Query.limitMax)), position > 0, !id.isEmpty else {
      throw .badRequest("a position from 1 to 100, a colon and an item", field: field)
    }
    if let key = key(.item, id, base) {
      try adjust(Adjustment(kind, key, position: UInt8(truncatingIfNeeded: position &- 1)), field)
    }
  }

  private func adjust(_ adjustment: Adjustment, _ field: StaticString) throws(Problem) {
    guard query.adjustments.append(adjustment) else { throw .badRequest("more than 64 adjustments", field: field) }
  }
}

extension Context {
  static var allNames: StaticString { "context is homepage, product, cart, category, search or after_purchase" }
}
