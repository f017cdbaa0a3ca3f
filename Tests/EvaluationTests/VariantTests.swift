import Configuration
import Evaluation
import Models
import Replay
import Testing

struct VariantTests {
  @Test func reads() throws {
    #expect(try Variant("a.b=1").values == ["a.b": "1"])
    #expect(try Variant("a.b=1,c=x=y").values == ["a.b": "1", "c": "x=y"])
    for text in ["", "a", "=1", "a=", "a=1,", ",a=1"] {
      #expect(throws: EvaluationError.badVariant(text)) { try Variant(text) }
    }
  }

  @Test func sourcesAreLeftOutOneEach() {
    #expect(Variant.sources.allSatisfy { $0.values.count == 1 && $0.values.first?.value == "false" })
    #expect(Set(Variant.sources.map(\.name)).count == Variant.sources.count)
  }

  /// Each row says what a comparison of the two configurations says.
  @Test func rowsAreComparisons() throws {
    // Half of the visitors walk round a circle, which lists know; the others go anywhere.
    let training = try readLog(
      eventsCSV(circle(items: 40, sessions: 300) + noise(items: 60, sessions: 300, firstSession: 300, seed: 1)))
    let test = try TestSet(
      readLog(
        eventsCSV(
          circle(items: 40, sessions: 60, firstSession: 900)
            + noise(items: 60, sessions: 60, firstSession: 960, seed: 2))),
      protocol: .next(excludingCurrent: true), configuration: .default, seed: 1)
    func subject(_ text: String) throws -> Evaluation.Subject {
      let configuration = try ConfigurationText().setting(Variant(text).values).configuration()
      return Evaluation.Subject(name: text, configuration: configuration, training: training)
    }
    var evaluation = Evaluation(Evaluator(cutoffs: [5, 20], context: .product, parallelism: Parallelism(threads: 2)))
    evaluation.resamples = 200
    let base = Evaluation.Subject(name: "base", configuration: .default, training: training)
    let lists = ["slist", "next_item", "bought_together", "factors"].map { "sources.\($0)=false" }
    let variants = try [lists.joined(separator: ","), "models.next_item.steps=1"].map(subject)
    let table = try evaluation.run(base, variants: variants, on: test)
    #expect(table.rows.map(\.name) == ["base"] + variants.map(\.name))
    for (row, variant) in zip(table.rows.dropFirst(), variants) {
      let comparison = try #require(try evaluation.run(base, comparedWith: variant, on: test).comparison)
      #expect(row.differences == comparison.differences && row.intervals == comparison.intervals)
      #expect(row.metrics["hr@20"] == comparison.scored.metrics["hr@20"])
      #expect(row.differences?["mrr@20"] != 0)
    }
    let lines = table.markdown.split(separator: "\n")
    #expect(lines[1] == "| configuration | HR@20 | difference | 95 % | MRR@20 | difference | 95 % |")
    #expect(lines.count == 6 && lines.dropFirst().allSatisfy { $0.count { $0 == "|" } == 8 })
    #expect(lines[3].hasPrefix("| base | 0."))
    #expect(try #require(table.rows[1].differences?["mrr@20"]) < -0.3, "popularity alone knows no way")
    #expect(lines[4].contains(#/-0\.\d{4} \| -0\.\d{4} to /#))
  }
}
