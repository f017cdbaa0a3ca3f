extension EventLog {
  /// Takes items away, with the events about them. The others keep their order; sessions, users and regions keep their numbers.
  /// - Parameter isKept: by item.
  public mutating func keepItems(_ isKept: [Bool]) {
    let kept = isKept.indices.filter { isKept[$0] }
    if kept.count == isKept.count { return }
    var numbers = [UInt32](repeating: 0, count: isKept.count)
    for (number, item) in kept.enumerated() { numbers[item] = UInt32(number) }
    table = table.events(table.items.indices.filter { isKept[Int(table.items[$0])] })
    for event in table.items.indices { table.items[event] = numbers[Int(table.items[event])] }
    table.itemIDs = kept.map { table.itemIDs[$0] }
    catalogue.items = kept.map { catalogue.items[$0] }
  }
}
