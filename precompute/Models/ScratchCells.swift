/// A cell for each item that one thread adds to: the innermost loops of the list models, which write all over the items. A cell is a
/// struct, so that everything of an item is one line of memory, and it is reached without asking whether the storage is shared
/// or the index within bounds. Copies share their cells.
struct ScratchCells<Cell: BitwiseCopyable> {
  private final class Storage {
    let cells: UnsafeMutableBufferPointer<Cell>

    init(_ empty: Cell, count: Int) {
      cells = .allocate(capacity: count)
      cells.initialize(repeating: empty)
    }

    deinit { cells.deallocate() }
  }

  private let storage: Storage
  private let cells: UnsafeMutablePointer<Cell>?

  init(_ empty: Cell, count: Int) {
    storage = Storage(empty, count: count)
    cells = storage.cells.baseAddress
  }

  subscript(index: Int) -> Cell {
    @inline(__always) unsafeAddress { UnsafePointer(cells.unsafelyUnwrapped + index) }
    @inline(__always) nonmutating unsafeMutableAddress { cells.unsafelyUnwrapped + index }
  }
}
