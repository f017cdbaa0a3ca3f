import Configuration
import Recommender
import Session
import SnapshotFormat
import TestSupport

/// What 100 rules cost an answer to a session of 20 signals, on the planted shop of the tests:
///
///     swift run -c release --package-path Benchmarks rules-benchmark

let rules = (0..<100).map { number in
  let category = PlantedShop.categories[number % 4].replacing("Home > ", with: "")
  let events = "event: [view, purchase], category: \(category == "Books > Crime" ? "Crime" : category)"
  let condition =
    switch number % 5 {
    case 0: "count: { \(events), at_least: \(1 + number % 7), within: \(1 + number % 20)h }"
    case 1: "count: { event: view, brand: brand \(number % 3), price: mid, at_least: 3, distinct: items, within: 10m }"
    case 2: "absence: { of: { event: purchase }, after: { event: add_to_cart, tag: tag \(number % 4) }, for: 15m }"
    case 3: "sequence: { steps: [{ event: view }, { \(events) }, { event: add_to_cart }], within: 1h }"
    default: "all: [{ visits: { at_least: 2, within: 24h } }, { count: { \(events), at_most: 3, within: 7d } }]"
    }
  return "  - { id: r\(number), when: { \(condition) }, then: { join: S\(number % 64) } }\n"
}
let now: UInt32 = 1_800_000_000

/// The least of many runs, nanoseconds: others on the machine only ever add.
func least(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  var least = Double.infinity
  for _ in 0..<300 {
    let taken = clock.measure { for _ in 0..<100 { body() } }
    least = min(least, Double(taken.components.attoseconds) / 1e9 / 100)
  }
  return least
}

var plain = PlantedShop()
plain.configuration.rules = try Configuration(yaml: "rules:\n" + rules.joined()).rules
let shop = try BuiltShop(plain)
var recommender = try shop.recommender()
let base = try recommender.requireBase()
var session = Session()
for number in 0..<20 as Range<UInt32> {
  let id = PlantedShop.blocks[Int(number) % 4][Int(number * 7) % 9]
  let type: EventType = number % 6 == 5 ? .addToCart : .view
  let name = id.withView { base.name(ofID: $0) }
  recommender.record(Signal(item: name, type: type, time: now - 2000 + 90 * number), in: &session)
}
var query = Query()
query.request.now = now
guard let table = base.rules, var trial = RuleTrial(table, recommender, query, for: session) else {
  fatalError("no rules")
}
let held = trial.engine.rules.indices.reduce(0) { $0 + (trial.engine.rules[$1] == RuleStep.never ? 0 : 1) }
precondition(table.count == 100 && held > 10 && held < 90, "the rules say nothing")
let ruled = least { trial.judge(query, for: session) }
let answered = least { recommender.recommend(query, for: session) }
print("\(table.count) rules, \(session.count) signals, \(held) rules hold")
print("rules  \(Int(ruled)) ns")
print("answer \(Int(answered)) ns, of which rules \(Int(1000 * ruled / answered)) thousandths")
