extension TunableParameter {
  /// All that is searched, in the order in which it is tried: what is likely to matter most comes first.
  ///
  /// Not here, because no measurement decides it: what protects people (`regions.minimum_people`, `minimum_support`), what is a
  /// matter of bytes (`snapshot.budget`), and how the input is read. Nor `models.content.title_weight`: only its ratio to the
  /// other weights counts.
  ///
  /// A standard of `~` is what the models choose by the log, and stands in the middle of the line.
  public static let all: [TunableParameter] = [
    .number("models.slist.regularization", 0.5...200, standard: "10"),
    .number("models.slist.dropout", 0...0.95, .linear, standard: "~"),
    .number("models.slist.session_share", 0...1, .linear, standard: "~"),
    .number("models.slist.size_exponent", 0...1, .linear, standard: "~"),
    .duration("models.slist.recency_half_life", "2d", "730d", standard: "~"),
    .whole("models.next_item.steps", 1...30, standard: "10"),
    .duration("models.next_item.recency_half_life", "2d", "730d", standard: "~"),
    .number("models.ranker.learning_rate", 0.02...0.5, standard: "0.12"),
    .whole("models.ranker.trees", 10...200, standard: "100"),
    .duration("models.bought_together.recency_half_life", "2d", "730d", standard: "~"),
    .whole("models.slist.neighbours", 10...200, standard: "50"),
    .choice("models.content.evidence_below", ["5", "20", "100", "0"], standard: "0"),
    .number("models.content.category_weight", 0.05...20, standard: "1"),
    .number("models.content.brand_weight", 0.05...20, standard: "0.5"),
    .number("models.content.price_weight", 0.01...4, standard: "0.1"),
    .duration("windows.lists", "3d", "365d", beyond: "all", standard: "all"),
    .number("models.factors.unobserved_share", 0.01...100, standard: "1"),
    .number("models.factors.regularization", 0.001...1, standard: "0.03"),
    .whole("models.factors.dimensions", 0...64, .linear, multipleOf: 8, standard: "32"),
    .whole("models.factors.iterations", 2...32, standard: "8"),
    .duration("models.popularity.half_life", "6h", "60d", standard: "7d"),
    .number("models.popularity.shrinkage", 1...10_000, standard: "100"),
    .duration("windows.trending", "1d", "90d", standard: "30d"),
    .whole("models.slist.length", 10...200, standard: "50"),
    .whole("models.next_item.length", 10...200, standard: "50"),
    .whole("models.bought_together.length", 10...200, standard: "50"),
    .whole("models.content.length", 5...100, standard: "20"),
    .number("weights.view", 0.1...20, standard: "1"),
    .number("weights.click", 0.1...20, standard: "1"),
    .number("weights.add_to_cart", 0.1...20, standard: "3"),
    .number("weights.purchase", 0.1...20, standard: "5"),
    .number("weights.rate", 0.1...20, standard: "3"),
    .number("weights.dwell", 0.1...20, standard: "0.5"),
  ]

  /// What makes trials quick, the same for all of them: upper bounds that hold in the search, neither in the confirmation nor in the
  /// file. Most of a training is the ranker's, whose indexes and examples need not be all for telling two lists apart.
  static let boundsOfTrials: [(key: String, most: Int, standard: Int)] = [
    ("models.ranker.folds", 2, 4), ("models.ranker.positions", 4000, 12_000),
    ("models.ranker.minimum_positions", 333, 1000),
  ]
}
