import Bytes
import SQLiteReader
import SnapshotFormat

/// The recipes of a base file, by context; a context without one has the plain recipe.
struct RecipeTable: ~Copyable {
  private var recipes = FixedArray<Recipe>(repeating: Recipe(), count: Context.count)
  private var adjustments = FixedArray<ByteView>(repeating: .empty, count: Context.count)

  mutating func read(_ file: SnapshotFile) throws(SnapshotError) {
    // An empty table would take a page.
    guard try file.meta.number(MetaKey.recipes, maximum: UInt32(Context.count)) > 0 else { return }
    var rows = try file.rows(of: Schema.recipe)
    while try rows.next() {
      guard case .blob(let bytes)? = try rows.value(2), let recipe = Recipe(bytes) else {
        throw SnapshotError(.badValue, table: Schema.recipe)
      }
      guard rows.id >= 0, rows.id < Int64(recipes.count) else { continue }
      let context = Int(truncatingIfNeeded: rows.id)
      recipes[context] = recipe
      adjustments[context] = bytes.dropFirst(Recipe.width)
    }
  }

  subscript(_ context: Context) -> Recipe { recipes[Int(context.rawValue)] }

  /// The adjustments of the context's recipe, in their layout.
  func adjustments(_ context: Context) -> ByteView { adjustments[Int(context.rawValue)] }
}
