/// Parameters of the models; what they mean is described with the models.
public struct ModelParameters: Sendable, Equatable {
  public struct Popularity: Sendable, Equatable {
    public var halfLifeSeconds: UInt32 = 7 * 86_400
    /// The weight of the parent in a region's list, as a number of events.
    public var shrinkage = 100.0
  }

  public struct NextItem: Sendable, Equatable {
    public var length = 50
    /// How many events apart two items may stand.
    public var steps = 10
    public var recencyHalfLifeSeconds: UInt32?
  }

  public struct BoughtTogether: Sendable, Equatable {
    public var length = 50
    /// Baskets in which two items have to stand together.
    public var minimumSupport = 1
    public var recencyHalfLifeSeconds: UInt32?
  }

  public struct Factors: Sendable, Equatable {
    /// A multiple of 8; 0 for no factors. The byte budget may allow fewer.
    public var dimensions = 32
    public var iterations = 8
    /// λ, scaled by how often a person or an item occurs.
    public var regularization = 0.03
    /// What all that was not seen counts together, against all that was.
    public var unobservedShare = 1.0
  }

  public struct Ranker: Sendable, Equatable {
    /// At most; 0 for fixed weights.
    public var trees = 80
    public var learningRate = 0.15
    /// Past stretches of time that it learns from, each with an index of what was before it.
    public var folds = 5
    /// Positions that it learns from in all.
    public var positions = 20_000
    /// Below so many positions fixed weights do better.
    public var minimumPositions = 1000
  }

  public var popularity = Popularity()
  public var nextItem = NextItem()
  public var boughtTogether = BoughtTogether()
  public var factors = Factors()
  public var ranker = Ranker()

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("popularity") { try popularity.read(value) }
    if let value = try section.value("next_item") { try nextItem.read(value) }
    if let value = try section.value("bought_together") { try boughtTogether.read(value) }
    if let value = try section.value("factors") { try factors.read(value) }
    if let value = try section.value("ranker") { try ranker.read(value) }
    try section.finish()
  }
}

extension ModelParameters.Popularity {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("half_life") { halfLifeSeconds = try value.seconds() }
    if let value = try section.value("shrinkage") { shrinkage = try value.number(in: 0...1e9) }
    try section.finish()
  }
}

extension ModelParameters.NextItem {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("length") { length = try value.integer(in: 1...1000) }
    if let value = try section.value("steps") { steps = try value.integer(in: 1...1000) }
    if let value = try section.value("recency_half_life") { recencyHalfLifeSeconds = try value.seconds() }
    try section.finish()
  }
}

extension ModelParameters.BoughtTogether {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("length") { length = try value.integer(in: 1...1000) }
    if let value = try section.value("minimum_support") { minimumSupport = try value.integer(in: 1...1_000_000) }
    if let value = try section.value("recency_half_life") { recencyHalfLifeSeconds = try value.seconds() }
    try section.finish()
  }
}

extension ModelParameters.Factors {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("dimensions") { dimensions = try value.integer(in: 0...128, step: 8) }
    if let value = try section.value("iterations") { iterations = try value.integer(in: 1...1000) }
    if let value = try section.value("regularization") { regularization = try value.number(in: 1e-9...1e6) }
    if let value = try section.value("unobserved_share") { unobservedShare = try value.number(in: 0...1e3) }
    try section.finish()
  }
}

extension ModelParameters.Ranker {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("trees") { trees = try value.integer(in: 0...256) }
    if let value = try section.value("learning_rate") { learningRate = try value.number(in: 0.001...1) }
    if let value = try section.value("folds") { folds = try value.integer(in: 1...30) }
    if let value = try section.value("positions") { positions = try value.integer(in: 1...10_000_000) }
    if let value = try section.value("minimum_positions") { minimumPositions = try value.integer(in: 1...10_000_000) }
    try section.finish()
  }
}
