import EventLog

/// Items alike by what the catalogue says of them: the bridge to new and rare items, which have no sessions yet.
///
///     score(a, b) = Σ_f w_f · sim_f(a, b) / Σ_f w_f,   f the fields that a has
///
/// sim is the cosine of TF-IDF vectors for category levels, brand and title words, and for prices 1 − |ln a/b| / ln 2, not
/// below 0; nothing is like what is not known. Candidates come from an inverted index with bounded postings: the work is items × `words` × `postings` at
/// most, whatever the catalogue. Price alone finds nothing.
public enum ContentSimilarity {
  public struct Parameters: Sendable {
    public var categoryWeight: Float = 1
    public var brandWeight: Float = 0.5
    public var titleWeight: Float = 1
    /// Measured on Online Retail by title and price alone (June, July and August 2011 each held out, outside the UK, every
    /// item of a basket hidden in turn), HitRate@20: .269 at 0, .273 at 0.1, .252 at 0.5. The other weights hardly matter
    /// where they could be measured, on a year of groceries.
    public var priceWeight: Float = 0.1
    /// Tokens that more items share lead to no candidates (but count in the scores), unless an item has no other. Then
    /// its rarest token leads to so many items, those with the most sessions.
    public var postings = 2000
    /// An item's tokens that lead to candidates, its rarest.
    public var words = 32
    /// Sources with so many sessions need no content; their lists are empty. Nil for lists of all items.
    public var evidenceBelow: Int? = 20
    /// Targets kept for each source.
    public var length = 20

    public init() {}
  }

  /// A list for each item, empty where nothing is like it. Never-recommended items are sources, not targets.
  ///
  /// - Parameter sessionsOfItem: by item, the sessions that hold it.
  public static func fit(
    _ catalogue: Catalogue, attributes: ItemAttributes, sessionsOfItem: [UInt32],
    parameters: Parameters = Parameters(), parallelism: Parallelism = .allCores
  ) -> ItemLists {
    let itemCount = sessionsOfItem.count
    let vectors = ContentVectors(catalogue, attributes: attributes, itemCount: itemCount, parameters: parameters)
    let index = InvertedIndex(
      vectors, allowed: catalogue.recommendable(itemCount: itemCount), sessionsOfItem: sessionsOfItem,
      limit: parameters.postings)
    let finalists = 4 * parameters.length
    let parts = parallelism.mapChunks(
      of: itemCount, size: 64, scratch: { (RowAccumulator(itemCount: itemCount), TopK(limit: finalists)) }
    ) { scratch, sources in
      var lists = ItemLists()
      var best = TopK(limit: parameters.length)
      for source in sources {
        if parameters.evidenceBelow.map({ Int(sessionsOfItem[source]) < $0 }) ?? true {
          for entry in index.leads(of: source, in: vectors, words: parameters.words) {
            for posting in index.postings(of: vectors.rows.items[entry]) where index.items[posting] != UInt32(source) {
              scratch.0.add(
                index.items[posting], Double(vectors.rows.values[entry] * index.values[posting]), group: entry)
            }
          }
          scratch.0.drain { target, product, _ in
            scratch.1.offer(
              item: target, score: vectors.similarity(of: Int(target), to: source, product: Float(product)))
          }
          // So far the common tokens are missing.
          for target in scratch.1.drain().map(\.item) {
            best.offer(
              item: target,
              score: vectors.similarity(of: Int(target), to: source, product: vectors.product(source, Int(target))))
          }
        }
        lists.append(row: best.drain())
      }
      return lists
    }
    return parts.reduce(into: ItemLists()) { $0.append(contentsOf: $1) }
  }
}

/// Items by token, those with the most sessions first, at most `limit` a token.
private struct InvertedIndex {
  private var offsets: [Int] = [0]
  private(set) var items: [UInt32] = []
  private(set) var values: [Float] = []
  private let limit: Int

  init(_ vectors: ContentVectors, allowed: [Bool], sessionsOfItem: [UInt32], limit: Int) {
    self.limit = limit
    let entries = Grouping(vectors.rows.items, groupCount: vectors.frequencies.count)
    var itemOfEntry = [UInt32](repeating: 0, count: vectors.rows.items.count)
    for item in 0..<vectors.rows.count { for entry in vectors.rows.row(item) { itemOfEntry[entry] = UInt32(item) } }
    for token in 0..<entries.count {
      let holders = entries[token].filter { allowed[Int(itemOfEntry[Int($0)])] }.sorted {
        let (a, b) = (itemOfEntry[Int($0)], itemOfEntry[Int($1)])
        return (sessionsOfItem[Int(b)], a) < (sessionsOfItem[Int(a)], b)
      }
      for entry in holders.prefix(limit) {
        items.append(itemOfEntry[Int(entry)])
        values.append(vectors.rows.values[Int(entry)])
      }
      offsets.append(items.count)
    }
  }

  func postings(of token: UInt32) -> Range<Int> { offsets[Int(token)]..<offsets[Int(token) + 1] }

  /// The entries of an item's vector that lead to candidates, the rarest tokens first.
  func leads(of item: Int, in vectors: ContentVectors, words: Int) -> ArraySlice<Int> {
    func frequency(_ entry: Int) -> UInt32 { vectors.frequencies[Int(vectors.rows.items[entry])] }
    let byRarity = vectors.rows.row(item).sorted { (frequency($0), $0) < (frequency($1), $1) }
    let rare = byRarity.prefix { Int(frequency($0)) <= limit }
    return rare.isEmpty ? byRarity.prefix(1) : rare.prefix(words)
  }
}
