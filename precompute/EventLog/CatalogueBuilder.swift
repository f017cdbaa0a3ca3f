import Bytes
import Configuration

/// Adds what a catalogue says to what the events said; the catalogue has the last word where it says anything.
struct CatalogueBuilder {
  private(set) var items: Interner
  private(set) var texts: ItemTexts
  /// By item: whether a row was about it; those of higher numbers had none.
  private(set) var isListed: [Bool] = []
  private let source: CatalogueSource

  init(_ source: CatalogueSource, items: Interner, texts: ItemTexts) {
    (self.source, self.items, self.texts) = (source, items, texts)
  }

  func bind(_ reader: any RowReader) throws -> FieldColumns {
    try FieldColumns(
      reader, FileLayout(source.layout), fields: [.itemID] + Field.ofItems, required: [.itemID], key: "catalogue")
  }

  mutating func add(_ row: [ByteView], _ item: FieldReader, _ attributes: ItemAttributeColumns) throws
    -> RowPump.Outcome
  {
    do {
      let id = item.text(row)
      if id.isEmpty { throw UnfitRow(.missingItem) }
      try checkID(id)
      let numbers = try attributes.numbers(row)
      guard let number = items.intern(id) else { throw EventLogError.tooManyDistinct(what: "items") }
      try texts.set(number, row, attributes, numbers)
      while isListed.count <= Int(number) { isListed.append(false) }
      isListed[Int(number)] = true
      return .kept
    } catch let unfit as UnfitRow {
      return .rejected(unfit.reason)
    }
  }
}
