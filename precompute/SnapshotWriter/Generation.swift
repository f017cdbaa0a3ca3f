import Digest
import Foundation
import Models
import SnapshotFormat

extension SnapshotBuilder {
  /// A generation is named by what is in it: 16 hexadecimal digits of a digest over all that its files hold.
  func generation(
    _ contents: BaseContents, _ scopes: ScopeLists, _ recipes: RecipeTables, _ lookups: LookupTables
  ) -> String {
    var digest = SHA256()
    func add(_ text: String) { digest.update(Data("\(text.utf8.count):\(text)".utf8)) }
    add("\(FormatVersion.current) \(models.asOf) \(plan.pageSize) \(contents.dimensions) \(contents.numbering.shown)")
    add("\(plan.budget) \(plan.dimensionsWanted) \(contents.lists.entriesWanted) \(contents.lists.valueKept)")
    for (code, region) in scopes.servedBy.sorted(by: { $0.key < $1.key }) { add("\(code) \(region)") }
    for table in contents.columns + contents.heaps {
      for block in table.blocks { digest.update(block) }
    }
    for scope in scopes.scopes {
      add("\(scope.name) \(scope.parent ?? "") \(scope.people)")
      for list in scope.lists(contents.numbering) {
        add("\(list.row)")
        digest.update(Data(list.bytes))
      }
      add("\(scope.lifts(contents.numbering))")
    }
    for row in lookups.content { digest.update(row) }
    for category in models.attributes.categories { add(category.path) }
    for brand in models.attributes.brands { add(brand) }
    for tag in models.attributes.tags { add(tag) }
    for index in contents.numbering.indices {
      let item = models.catalogue.items[index]
      for text in [item.title, item.url, item.image] { add(text) }
    }
    for part in SegmentTables(models).content(contents.numbering) { add(part) }
    for part in recipes.content { add(part) }
    for part in RuleRows(rules: contents.rules).content { add(part) }
    let scoring = ScoringTables(models, configuration)
    add("\(configuration.session.windowSeconds) \(configuration.session.pauseSeconds) \(scoring.decay)")
    for (type, weight) in scoring.events { add("\(type.name) \(weight)") }
    for (context, source, weight) in scoring.blend { add("\(context.name) \(source.name) \(weight)") }
    for (kind, trees) in models.sortedRankers {
      add("\(kind.name)")
      digest.update(Data(TreeEnsemble.encode(trees)))
    }
    return String(hexadecimal(digest.finalize()).prefix(16))
  }
}
