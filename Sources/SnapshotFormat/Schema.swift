/// The tables of the three kinds of file, as SQL. What a BLOB holds is said in `docs/snapshot-format.md` and by the
/// layouts beside this file.
public enum Schema {
  /// Facts on the file as a whole: see `MetaKey`.
  public static let meta: StaticString = "meta"
  public static let category: StaticString = "category"
  public static let brand: StaticString = "brand"
  public static let tag: StaticString = "tag"
  public static let region: StaticString = "region"
  public static let topList: StaticString = "top_list"
  public static let itemSalt: StaticString = "item_salt"
  public static let eventWeight: StaticString = "event_weight"
  public static let positionDecay: StaticString = "position_decay"
  public static let blend: StaticString = "blend"
  public static let ranker: StaticString = "ranker"
  public static let itemText: StaticString = "item_text"
  public static let recipe: StaticString = "recipe"
  public static let segment: StaticString = "segment"
  public static let regionLift: StaticString = "region_lift"
  public static let term: StaticString = "term"
  public static let user: StaticString = "user"
  public static let rule: StaticString = "rule"
  public static let ruleSegment: StaticString = "rule_segment"
  public static let ruleTable: StaticString = "rule_table"

  /// Every file.
  public static let common: [StaticString] = [
    "CREATE TABLE meta (key TEXT NOT NULL, value)"
  ]

  /// Base files, beside the column and heap tables.
  public static let base: [StaticString] = [
    "CREATE TABLE category (id INTEGER PRIMARY KEY, parent INTEGER, name TEXT NOT NULL)",
    "CREATE TABLE brand (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "CREATE TABLE region (id INTEGER PRIMARY KEY, code TEXT NOT NULL, served_by TEXT NOT NULL, people INTEGER NOT NULL)",
    "CREATE TABLE top_list (id INTEGER PRIMARY KEY, list BLOB NOT NULL)",
    "CREATE TABLE item_salt (item INTEGER PRIMARY KEY, salt INTEGER NOT NULL)",
    "CREATE TABLE event_weight (type INTEGER PRIMARY KEY, name TEXT NOT NULL, weight REAL NOT NULL)",
    "CREATE TABLE position_decay (position INTEGER PRIMARY KEY, weight REAL NOT NULL)",
    "CREATE TABLE blend (id INTEGER PRIMARY KEY, context TEXT NOT NULL, source TEXT NOT NULL, weight REAL NOT NULL)",
    "CREATE TABLE ranker (kind INTEGER PRIMARY KEY, name TEXT NOT NULL, trees BLOB NOT NULL)",
  ]

  /// Base files that tell visitors apart: an empty table would take a page.
  public static let segments: [StaticString] = [
    "CREATE TABLE segment (id INTEGER PRIMARY KEY, code TEXT, name TEXT, people INTEGER, evidence BLOB NOT NULL)"
  ]

  /// Base files of a shop that has written recipes.
  public static let recipes: [StaticString] = [
    "CREATE TABLE recipe (context INTEGER PRIMARY KEY, name TEXT NOT NULL, recipe BLOB NOT NULL)"
  ]

  /// Base files with rules.
  public static let rules: [StaticString] = [
    "CREATE TABLE rule (id INTEGER PRIMARY KEY, name TEXT NOT NULL, offer TEXT, meaning TEXT NOT NULL)",
    "CREATE TABLE rule_segment (id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL)",
    "CREATE TABLE rule_table (block INTEGER PRIMARY KEY, data BLOB NOT NULL)",
  ]

  /// Base files of a catalogue with tags.
  public static let tags: [StaticString] = [
    "CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"
  ]

  /// Base files whose items have texts to search. Terms are numbered from 0 in byte order.
  public static let terms: [StaticString] = [
    "CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL, items BLOB NOT NULL)"
  ]

  /// Base files that know people by a keyed hash of their id.
  public static let users: [StaticString] = [
    "CREATE TABLE user (id INTEGER PRIMARY KEY, history BLOB NOT NULL)"
  ]

  public static let regionFile: [StaticString] = [
    "CREATE TABLE top_list (id INTEGER PRIMARY KEY, list BLOB NOT NULL)"
  ]

  public static let text: [StaticString] = [
    "CREATE TABLE item_text (item INTEGER PRIMARY KEY, title TEXT, url TEXT, image TEXT)"
  ]
}

/// Keys of table `meta`.
public enum MetaKey {
  public static let kind: StaticString = "kind"
  /// 16 hexadecimal digits, the same in all files of one build.
  public static let generation: StaticString = "generation"
  /// Newest moment that the models know of, seconds since 1970.
  public static let asOf: StaticString = "as_of"
  public static let items: StaticString = "items"
  /// Items 0..<shown may be recommended, most traffic first; the rest are known only as context.
  public static let shown: StaticString = "shown"
  public static let slots: StaticString = "slots"
  public static let dimensions: StaticString = "dimensions"
  /// Rows of tables `category`, `brand`, `tag` and `region`: each numbered from 0 in byte order of its names, so that a name is
  /// found by halving, without an index.
  public static let categories: StaticString = "categories"
  public static let brands: StaticString = "brands"
  public static let tags: StaticString = "tags"
  public static let regions: StaticString = "regions"
  /// 1 where there are groups of variants, and 1 where an item is not sold everywhere: then the columns are there.
  public static let groups: StaticString = "groups"
  public static let soldApart: StaticString = "sold_apart"
  /// Rows of table `recipe`.
  public static let recipes: StaticString = "recipes"
  /// Region files: the region's code, the code of its parent (absent below the world), its distinct people.
  public static let region: StaticString = "region"
  public static let parent: StaticString = "parent"
  public static let people: StaticString = "people"
  /// Region files: entries of table `region_lift`.
  public static let lifts: StaticString = "lifts"
  /// Rows of table `segment`, and the topics of its evidence; both 0 where visitors are not told apart.
  public static let segments: StaticString = "segments"
  public static let topics: StaticString = "topics"
  /// How far ahead of the second a session's segment has to be, in units of `SegmentEvidence`.
  public static let segmentMargin: StaticString = "segment_margin"
  /// Rows of table `term`; absent where nothing can be searched.
  public static let terms: StaticString = "terms"
  /// Whether there is a table `user`: 1, or absent.
  public static let users: StaticString = "users"
  /// How long a signal stays in the session, seconds.
  public static let sessionWindow: StaticString = "session_window"
  /// After how long without a signal a visit starts, seconds.
  public static let sessionPause: StaticString = "session_pause"
}

/// Keys of table `meta` that tell people what the byte budget bought; the scorer does not read them.
extension MetaKey {
  public static let budget: StaticString = "budget"
  public static let dimensionsWanted: StaticString = "dimensions_wanted"
  public static let entriesWanted: StaticString = "list_entries_wanted"
  public static let entriesKept: StaticString = "list_entries_kept"
  /// Traffic times weight of the kept entries, in thousandths of that of all.
  public static let valueKeptPermille: StaticString = "list_value_kept_permille"
}
