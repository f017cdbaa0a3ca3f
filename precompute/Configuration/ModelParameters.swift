/// Parameters of the models; what they mean is described with the models.
public struct ModelParameters: Sendable, Equatable {
  public struct Popularity: Sendable, Equatable {
    public var halfLifeSeconds: UInt32 = 7 * 86_400
    /// The weight of the parent in a region's list, as a number of events.
    public var shrinkage = 100.0
    /// Distinct people from whom on an item counts in a region of its own.
    public var minimumPeople: UInt32 = 5
  }

  public struct RegionLift: Sendable, Equatable {
    /// The weight of the parent's lift, as a number of people.
    public var shrinkage = 10.0
    /// Lifts between this and its reciprocal are not kept.
    public var clear = 1.25
  }

  public struct SLIST: Sendable, Equatable {
    public var length = 50
    /// Sources of a target.
    public var neighbours = 50
    /// λ, in sightings.
    public var regularization = 10.0
    /// Nil here: what is good for ordered sessions, or for baskets.
    public var dropout: Double?
    public var sessionShare: Double?
    public var sizeExponent: Double?
    /// Sessions that have to hold both items.
    public var minimumSupport = 1
    public var recencyHalfLifeSeconds: UInt32?
  }

  public struct NextItem: Sendable, Equatable {
    public var length = 50
    /// Sessions that have to hold both items.
    public var minimumSupport = 1
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

  public struct Content: Sendable, Equatable {
    public var length = 20
    /// Items with so many sessions need no list by content; nil: all have one.
    public var evidenceBelow: Int?
    public var categoryWeight = 1.0
    public var brandWeight = 0.5
    public var titleWeight = 1.0
    public var priceWeight = 0.1
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
    public var trees = 100
    public var learningRate = 0.12
    /// Past stretches of time that it learns from, each with an index of what was before it.
    public var folds = 4
    /// Positions that it learns from in all.
    public var positions = 12_000
    /// Below so many positions fixed weights do better.
    public var minimumPositions = 1000
  }

  public var popularity = Popularity()
  public var slist = SLIST()
  public var regionLift = RegionLift()
  public var nextItem = NextItem()
  public var boughtTogether = BoughtTogether()
  public var content = Content()
  public var factors = Factors()
  public var ranker = Ranker()

  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("popularity") { try popularity.read(value) }
    if let value = try section.value("slist") { try slist.read(value) }
    if let value = try section.value("region_lift") { try regionLift.read(value) }
    if let value = try section.value("next_item") { try nextItem.read(value) }
    if let value = try section.value("bought_together") { try boughtTogether.read(value) }
    if let value = try section.value("content") { try content.read(value) }
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
    if let value = try section.value("minimum_people") { minimumPeople = UInt32(try value.integer(in: 1...1_000_000)) }
    try section.finish()
  }
}

extension ModelParameters.RegionLift {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("shrinkage") { shrinkage = try value.number(in: 1e-3...1e9) }
    if let value = try section.value("clear") { clear = try value.number(in: 1...1000) }
    try section.finish()
  }
}

extension ModelParameters.SLIST {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("length") { length = try value.integer(in: 1...1000) }
    if let value = try section.value("neighbours") { neighbours = try value.integer(in: 1...1000) }
    if let value = try section.value("regularization") { regularization = try value.number(in: 1e-6...1e6) }
    if let value = try section.value("dropout") { dropout = try value.number(in: 0...0.99) }
    if let value = try section.value("session_share") { sessionShare = try value.number(in: 0...1) }
    if let value = try section.value("size_exponent") { sizeExponent = try value.number(in: 0...3) }
    if let value = try section.value("minimum_support") { minimumSupport = try value.integer(in: 1...1_000_000) }
    if let value = try section.value("recency_half_life") { recencyHalfLifeSeconds = try value.seconds() }
    try section.finish()
  }
}

extension ModelParameters.NextItem {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("length") { length = try value.integer(in: 1...1000) }
    if let value = try section.value("minimum_support") { minimumSupport = try value.integer(in: 1...1_000_000) }
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

extension ModelParameters.Content {
  mutating func read(_ value: YAMLValue) throws {
    var section = try value.section()
    if let value = try section.value("length") { length = try value.integer(in: 1...1000) }
    if let value = try section.value("evidence_below") {
      let count = try value.integer(in: 0...1_000_000_000)
      evidenceBelow = count == 0 ? nil : count
    }
    if let value = try section.value("category_weight") { categoryWeight = try value.number(in: 0...1000) }
    if let value = try section.value("brand_weight") { brandWeight = try value.number(in: 0...1000) }
    if let value = try section.value("title_weight") { titleWeight = try value.number(in: 0...1000) }
    if let value = try section.value("price_weight") { priceWeight = try value.number(in: 0...1000) }
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
