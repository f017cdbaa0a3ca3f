import Bytes
import SnapshotFormat

/// What is asked for, in the snapshot's numbers. Filled by the service, reused from request to request.
public struct Query: ~Copyable {
  public static let limitMax = 100
  public static let excludedMax = 256
  public static let adjustmentsMax = 64
  public static let termsMax = 16

  public var request = RequestContext()
  public var context: Context {
    get { request.context }
    set { request.context = newValue }
  }
  /// How many items at most, 1...limitMax.
  public var limit = 10
  /// The item that the page shows.
  public var currentItem: UInt32?
  /// Whether the page shows an item, known to this snapshot or not.
  public var showsItem = false
  /// The category that the page shows.
  public var category: UInt16?
  public var region: ByteView {
    get { request.region }
    set { request.region = newValue }
  }
  /// What is searched for: distinct `Terms`, in the order of the query.
  public var terms = FixedArray<ByteView>(capacity: Query.termsMax)
  /// The visitor's row of table `user`, where the visitor has agreed to that and the snapshot knows them.
  public var user: Int64?
  /// Items never to answer with.
  public var excluded = FixedArray<UInt32>(capacity: Query.excludedMax)
  /// Items that the same page has already, and so their variants.
  public var placed = FixedArray<UInt32>(capacity: Query.limitMax)
  /// Answers to the same request after this one, with which it shares what a request may cost.
  public var answersToCome = 0
  /// Beside those of the recipe.
  public var adjustments = FixedArray<Adjustment>(capacity: Query.adjustmentsMax)
  /// Bounds of the price in minor units.
  public var lowest: UInt32 = 0
  public var highest = UInt32.max
  /// Where given, instead of the recipe's.
  public var diversity: UInt8?
  public var perCategory: UInt8?
  public var perBrand: UInt8?

  public init() {}

  /// The recipe of the context, with what the request has instead.
  func recipe(_ base: BaseSnapshot) -> Recipe {
    var recipe = base.recipe(context)
    recipe.diversity = min(diversity ?? recipe.diversity, Recipe.diversityMax)
    recipe.perCategory = perCategory ?? recipe.perCategory
    recipe.perBrand = perBrand ?? recipe.perBrand
    return recipe
  }

  public mutating func reset() {
    request = RequestContext()
    limit = 10
    currentItem = nil
    showsItem = false
    category = nil
    terms.removeAll()
    user = nil
    excluded.removeAll()
    placed.removeAll()
    answersToCome = 0
    adjustments.removeAll()
    (lowest, highest) = (0, .max)
    (diversity, perCategory, perBrand) = (nil, nil, nil)
  }
}
