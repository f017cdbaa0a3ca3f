import Configuration
import Foundation
import Session
import Testing

@Suite struct ConfigurationTests {
  @Test func nothingWrittenMeansTheDefaults() throws {
    for yaml in ["", "# nothing\n", "events:\n", "{}", "models: {}\nregions: ~\n", "events: { columns: {} }"] {
      #expect(try Configuration(yaml: yaml) == .default)
    }
  }

  @Test func readsEveryKey() throws {
    let read = try Configuration(
      yaml: """
        events:
          format: ndjson
          columns: { item_id: params.item_id, title: [type, size], region: [] }
          default_type: click
          names: { pdp_hit: view, "Order Done": purchase, scroll: skip }
          time: { format: "%d.%m.%y", zone: -03:30 }
          ordered: false
          session_gap: 2h
          skip:
            - { column: InvoiceNo, matches: "C*" }
            - { column: Quantity, below: 1 }
            - { column: Quantity, above: 1.5 }
            - { column: Note, empty: true }
          reject: { max_share: 10%, show: 7 }
        catalogue:
          format: csv
          columns: { item_id: sku, available: stock }
          reject: { max_share: 0 }
        never_recommend: [ POST, { title: "*sample*", category: "A*" } ]
        only_recommend: [ "[0-9]*" ]
        weights: { view: 0.5, impression: 0.1 }
        session: { window: 12h, pause: 20m, decay: 5 }
        as_of: 2011-10-01T00:00:00Z
        windows: { trending: 2w, lists: 365d }
        regions: { minimum_people: 5, keep_busiest: 20, other: rest, groups: { DACH: [DE, AT], Solo: FR } }
        models:
          popularity: { half_life: 12h, shrinkage: 10 }
          next_item: { length: 20, steps: 3, recency_half_life: 60d }
          bought_together: { length: 30, minimum_support: 2, recency_half_life: 1w }
          factors: { dimensions: 64, iterations: 5, regularization: 1e-3, unobserved_share: 0.2 }
        snapshot: { budget: 500 kB, keep_generations: 5 }
        seed: 42
        """)
    var expected = Configuration()
    expected.events.layout.format = .ndjson
    expected.events.layout.columns = [.itemID: ["params.item_id"], .title: ["type", "size"], .region: []]
    expected.events.defaultType = .click
    expected.events.names = ["pdp_hit": .view, "Order Done": .purchase]
    expected.events.skippedNames = ["scroll"]
    expected.events.time.notation = .pattern("%d.%m.%y")
    expected.events.time.zone = .fixed(secondsEastOfUTC: -12_600)
    expected.events.isOrdered = false
    expected.events.sessionGapSeconds = 7200
    expected.events.layout.skip = [
      SkipRule(column: "InvoiceNo", .matches(GlobPattern("C*")!)), SkipRule(column: "Quantity", .below(1)),
      SkipRule(column: "Quantity", .above(1.5)), SkipRule(column: "Note", .empty),
    ]
    expected.events.layout.reject.maximumShare = 0.1
    expected.events.layout.reject.show = 7
    expected.catalogue.layout.format = .csv
    expected.catalogue.layout.columns = [.itemID: ["sku"], .available: ["stock"]]
    expected.catalogue.layout.reject.maximumShare = 0
    expected.neverRecommend = [
      ItemPattern(id: GlobPattern("POST")), ItemPattern(title: GlobPattern("*sample*"), category: GlobPattern("A*")),
    ]
    expected.onlyRecommend = [ItemPattern(id: GlobPattern("[0-9]*"))]
    expected.weights[.view] = 0.5
    expected.weights[.impression] = 0.1
    expected.session.windowSeconds = 43_200
    expected.session.pauseSeconds = 1_200
    expected.session.decay = 5
    expected.asOf = .time(1_317_427_200)
    expected.windows.trendingSeconds = 14 * 86_400
    expected.windows.listsSeconds = 365 * 86_400
    expected.regions.minimumPeople = 5
    expected.regions.keepBusiest = 20
    expected.regions.other = "rest"
    expected.regions.groups = ["DACH": ["DE", "AT"], "Solo": ["FR"]]
    expected.models.popularity.halfLifeSeconds = 43_200
    expected.models.popularity.shrinkage = 10
    expected.models.nextItem.length = 20
    expected.models.nextItem.steps = 3
    expected.models.nextItem.recencyHalfLifeSeconds = 60 * 86_400
    expected.models.boughtTogether.length = 30
    expected.models.boughtTogether.minimumSupport = 2
    expected.models.boughtTogether.recencyHalfLifeSeconds = 604_800
    expected.models.factors.dimensions = 64
    expected.models.factors.iterations = 5
    expected.models.factors.regularization = 1e-3
    expected.models.factors.unobservedShare = 0.2
    expected.snapshot.budgetBytes = 500_000
    expected.snapshot.keepGenerations = 5
    expected.seed = 42
    #expect(read == expected)
  }

  @Test func aShortWindowBringsAShortPause() throws {
    #expect(try Configuration(yaml: "session: { window: 10m }").session.pauseSeconds == 600)
  }

  @Test func textStaysText() throws {
    let read = try Configuration(yaml: "never_recommend: [0012, no, 1e3, 'null']\nevents: { columns: { item_id: 7 } }")
    #expect(read.neverRecommend.map(\.id?.description) == ["0012", "no", "1e3", "null"])
    #expect(read.events.layout.columns[.itemID] == ["7"])
  }

  @Test(arguments: ["online-retail", "serenade", "complete-journey"])
  func presetsAreValid(name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples")
    let read = try Configuration.load(path: folder.appending(path: "\(name).yaml").path)
    #expect(read != .default)
  }

  /// Every key of the reference is one that is read, and every key that is read is in the reference.
  @Test func referenceListsTheKeys() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs")
    let text = try String(contentsOf: folder.appending(path: "configuration.md"), encoding: .utf8)
    let documented = Set(text.matches(of: /^\| `([a-z_.]+)` \|/.anchorsMatchLineEndings()).map { String($0.1) })
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../precompute/Configuration")
    var read: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(at: source, includingPropertiesForKeys: nil) {
      let code = try String(contentsOf: file, encoding: .utf8)
      read.formUnion(code.matches(of: /section\.(?:value|required|window)\(\s*"([a-z_]+)"/).map { String($0.1) })
      // A table of keys and key paths.
      read.formUnion(code.matches(of: /\("([a-z_]+)", \\\.[a-zA-Z]+\)/).map { String($0.1) })
    }
    read.formUnion(EventType.allCases.map { "\($0.name)" })
    read.formUnion(Field.allCases.map(\.rawValue))
    read.formUnion(Rule.Attribute.Kind.allCases.map(\.rawValue))
    #expect(Set(documented.flatMap { $0.split(separator: ".").map(String.init) }) == read)
  }
}
