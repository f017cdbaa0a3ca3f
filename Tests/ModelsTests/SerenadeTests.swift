import EventLog
import Models
import TestSupport
import Testing

/// Serenade's example sessions: the training file alone, its last day held out.
@Suite(.enabled(if: sharedData != nil, "needs the data sets in ../shared/data or $MARTLET_SHARED/data"))
struct SerenadeTests {
  /// By the last item alone, sequential rules reach about .45 to .54 on days of this log; a wrong model is far below .4.
  @Test func nextItemFindsTheNextClick() throws {
    let path = try #require(sharedData).appending(path: "serenade-toy/train.tsv.gz").path
    let table = try EventLog(reading: EventLog.Input(events: [path]), configuration: example("serenade.yaml")).table
    let cut = try #require(table.times.max()) - 86_400
    let known = table.events(from: 0, through: cut)
    let lists = NextItem.fit(
      known, sessions: SessionIndex(known), catalogue: Catalogue(items: table.itemIDs.count), asOf: cut)
    let result = evaluate(table, from: cut + 1) { lists.pairs(Int($0)).map(\.item) }
    print("next item, last item only: HR@20 \(result.hitRate), MRR@20 \(result.mrr), \(result.queries) queries")
    #expect(result.queries > 1_000)
    #expect(result.hitRate > 0.4)
    #expect(result.mrr > 0.2)
  }

  /// HitRate@20 and MRR@20 of the next item at every position of the sessions that begin at `cut` or later; the current item is no
  /// answer.
  private func evaluate(_ table: EventTable, from cut: UInt32, rank: (UInt32) -> [UInt32]) -> (
    hitRate: Double, mrr: Double, queries: Int
  ) {
    let sessions = SessionIndex(table)
    var (queries, hits, reciprocal) = (0, 0, 0.0)
    for session in 0..<sessions.count {
      let events = sessions[session].map(Int.init)
      guard let first = events.first, table.times[first] >= cut else { continue }
      for (event, next) in zip(events, events.dropFirst()) {
        queries += 1
        let answer = rank(table.items[event]).filter { $0 != table.items[event] }.prefix(20)
        guard let place = answer.firstIndex(of: table.items[next]) else { continue }
        hits += 1
        reciprocal += 1 / Double(place + 1)
      }
    }
    return (Double(hits) / Double(queries), reciprocal / Double(queries), queries)
  }
}
