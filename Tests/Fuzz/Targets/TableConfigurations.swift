import Configuration

/// What rows are read under: an input chooses by its first byte.
enum TableConfigurations {
  static func all() throws -> [Configuration] { try texts.map { try Configuration(yaml: $0) } }

  /// Of rejects every share is good, so that all rows are read.
  private static let texts = [
    "events: { reject: { max_share: 1 } }\ncatalogue: { reject: { max_share: 1 } }\n",
    """
    events: { format: csv, reject: { max_share: 1 }, default_type: purchase }
    catalogue: { format: tsv, reject: { max_share: 1 }, columns: { attributes: [colour, size], tags: [tags, kind] } }
    """,
    """
    events:
      format: ndjson
      reject: { max_share: 1 }
      columns: { item_id: params.item_id }
      time: { format: "%Y-%m-%d %H:%M" }
    catalogue: { format: ndjson, reject: { max_share: 1 } }
    """,
    """
    events:
      reject: { max_share: 1 }
      columns: { session_id: [], user_id: account, title: [title, variant] }
      names: { bought: purchase, scroll: skip }
      skip: [{ column: price, below: 0.5 }, { column: item_id, matches: "test*" }]
    catalogue: { reject: { max_share: 1 }, skip: [{ column: price, above: 1000 }] }
    never_recommend: ["gift*", { brand: X }]
    """,
  ]
}
