import Bytes
import Configuration

/// Reads the attributes of an item from a row.
struct ItemAttributeColumns {
  /// In the order of `ItemTexts.fields`.
  let texts: [FieldReader]
  private let price, available, regions: FieldReader

  init(_ columns: FieldColumns) {
    texts = ItemTexts.fields.map { columns[$0] }
    (price, available, regions) = (columns[.price], columns[.available], columns[.regions])
  }

  /// Bytes: the texts of an item have to stand on one page of a snapshot, whose smallest pages are of 4096.
  static let textLengthLimit = 1024

  struct Numbers {
    /// In hundredths; nil where the row says nothing.
    var price: UInt32?
    var isAvailable: Bool?
  }

  /// Checks all attributes of a row and reads those that are no texts.
  func numbers(_ row: [ByteView]) throws -> Numbers {
    for field in texts where field.isRead {
      let text = field.text(row)
      if !text.isValidUTF8 { throw UnfitRow(.invalidUTF8) }
      if text.count > Self.textLengthLimit { throw UnfitRow(.textTooLong) }
    }
    for code in regions.text(row).values { try checkID(code) }
    var numbers = Numbers()
    let price = price.text(row)
    if !price.isEmpty {
      guard let decimal = DecimalText(price), let cents = decimal.scaled(decimals: 2), cents < UInt64(UInt32.max),
        !decimal.isNegative || cents == 0
      else { throw UnfitRow(.badPrice) }
      numbers.price = UInt32(cents)
    }
    let available = available.text(row)
    if !available.isEmpty {
      guard let isAvailable = Self.availability(available) else { throw UnfitRow(.badAvailability) }
      numbers.isAvailable = isAvailable
    }
    return numbers
  }

  private static func availability(_ text: ByteView) -> Bool? {
    let yes: [StaticString] = ["true", "1", "yes", "in stock", "in_stock", "instock", "available"]
    let no: [StaticString] = [
      "false", "0", "no", "out of stock", "out_of_stock", "outofstock", "sold out", "unavailable",
    ]
    if yes.contains(where: { text.equalsIgnoringCase($0) }) { return true }
    return no.contains(where: { text.equalsIgnoringCase($0) }) ? false : nil
  }
}

/// The attributes of the items while rows are read: each distinct text is kept once, and an item names it by number.
/// The last value that is not empty stays.
struct ItemTexts {
  static let fields: [Field] = [.title, .category, .brand, .url, .image, .group, .tags, .attributes, .regions]
  private static let noPrice = UInt32.max

  private var texts = Interner()
  /// For each text field the text of each item, or `Interner.none`.
  private var values: [[UInt32]] = Array(repeating: [], count: ItemTexts.fields.count)
  private var prices: [UInt32] = []
  private var unavailable: Set<UInt32> = []

  /// Takes over what a checked row says of an item.
  mutating func set(
    _ item: UInt32, _ row: [ByteView], _ columns: ItemAttributeColumns, _ numbers: ItemAttributeColumns.Numbers
  )
    throws
  {
    for (index, field) in columns.texts.enumerated() where field.isRead {
      let text = field.text(row)
      if text.isEmpty { continue }
      Self.reach(item, &values[index], filler: Interner.none)
      let current = values[index][Int(item)]
      if current != Interner.none, texts.equals(current, text) { continue }
      guard let number = texts.intern(text) else { throw EventLogError.tooManyDistinct(what: "texts") }
      values[index][Int(item)] = number
    }
    if let price = numbers.price {
      Self.reach(item, &prices, filler: Self.noPrice)
      prices[Int(item)] = price
    }
    if numbers.isAvailable == false { unavailable.insert(item) }
    if numbers.isAvailable == true { unavailable.remove(item) }
  }

  /// What is known of an item by now.
  func item(_ index: Int) -> Catalogue.Item {
    func text(_ field: Int) -> String {
      let column = values[field]
      return index < column.count && column[index] != Interner.none ? texts[column[index]] : ""
    }
    var item = Catalogue.Item()
    (item.title, item.category, item.brand) = (text(0), text(1), text(2))
    (item.url, item.image, item.group) = (text(3), text(4), text(5))
    (item.tags, item.regions) = (Self.values(text(6)) + Self.values(text(7)), Self.values(text(8)))
    item.price = index < prices.count && prices[index] != Self.noPrice ? prices[index] : nil
    item.isAvailable = !unavailable.contains(UInt32(index))
    return item
  }

  private static func values(_ text: String) -> [String] {
    var text = text
    return text.withUTF8 { ByteView(UnsafeRawBufferPointer($0)).values.map(\.string) }
  }

  private static func reach(_ item: UInt32, _ column: inout [UInt32], filler: UInt32) {
    while column.count <= Int(item) { column.append(filler) }
  }
}
