import Bytes
import Configuration
import Recommender
import Session
import SnapshotFormat
import SnapshotWriter
import TestSupport
import Testing

/// Compiled rules of any bytes at all are none, or are judged within bounds.
@Suite struct RuleDamageTests {
  static let compiled: [UInt8] = {
    var random = SeededGenerator(5)
    let text = (0..<40).map { number in
      "  - { id: r\(number), when: \(PlainCondition.random(&random).yaml), then: { join: S\(number), boost: { item: s1, by: 1 }, offer: { code: C, valid: 1h } } }\n"
    }
    do {
      let rules = try Configuration(yaml: "rules:\n" + text.joined()).rules
      return try CompiledRules(rules, RuleShop.names(RuleShop.built.recommender()), isStrict: true).bytes
    } catch { fatalError("\(error)") }
  }()

  @Test func noMutationTraps() throws {
    let recommender = try RuleShop.built.recommender()
    var random = SeededGenerator(6)
    let now: UInt32 = 1_800_000_000
    let session = try recommender.session(RuleEngineTests.past(60, &random), now: now)
    var query = Query()
    query.request.now = now
    var read = 0
    for round in 0..<40_000 {
      var bytes = Self.compiled
      if round % 4 == 0 {
        bytes = random.mutated(bytes)
      } else {
        // In place, so that the sections keep their sizes.
        for _ in 0...random.below(4) {
          let place = RuleLayout.headerWidth + random.below(bytes.count - RuleLayout.headerWidth)
          bytes[place] =
            random.once(in: 2) ? UInt8(truncatingIfNeeded: random.next()) : bytes[place] ^ 1 << UInt8(random.below(8))
        }
      }
      let owned = OwnedBytes(copying: bytes)
      guard let table = RuleTable.read(owned.view) else { continue }
      read += 1
      if RuleTrial(table, recommender, query, for: session) == nil { throw NotOpen() }
    }
    #expect(read > 5_000, "\(read) read: most mutations should keep the structure")
  }

  @Test(arguments: [
    "DROP TABLE rule_table", "DROP TABLE rule", "DROP TABLE rule_segment", "UPDATE rule_table SET data = x'00'",
    "UPDATE rule_table SET data = 'text'", "DELETE FROM rule_table", "DELETE FROM rule", "DELETE FROM rule_segment",
    "UPDATE rule_table SET data = CAST(data || x'00' AS BLOB)", "UPDATE rule_table SET data = zeroblob(90000)",
  ])
  func damagedTablesGiveFewerRulesOrAnError(sql: String) throws {
    let bytes = try Self.edited([sql])
    let recommender = Recommender()
    do throws(SnapshotError) { try recommender.open(.base, bytes.view) } catch {
      // What does not fit its page is refused like anywhere else.
      #expect(error.kind == .database)
      return
    }
    let session = try recommender.session([Happening(item: "h1", type: .view, time: 100)], now: 200)
    var query = Query()
    query.request.now = 200
    recommender.recommend(query, for: session)
    let answered = recommender.answer.count
    #expect(answered == 10)
  }

  static func edited(_ statements: [String]) throws -> OwnedBytes {
    try DamageTests.edited(statements, .base, of: RuleShop.withMarks)
  }
}
