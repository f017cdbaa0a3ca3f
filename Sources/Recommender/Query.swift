import Bytes

/// What is asked for, in the snapshot's numbers. Filled by the service, reused from request to request.
public struct Query: ~Copyable {
  public static let limitMax = 100
  public static let excludedMax = 256

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
  /// Items never to answer with.
  public var excluded = FixedArray<UInt32>(capacity: Query.excludedMax)

  public init() {}

  public mutating func reset() {
    request = RequestContext()
    limit = 10
    currentItem = nil
    showsItem = false
    category = nil
    excluded.removeAll()
  }
}
