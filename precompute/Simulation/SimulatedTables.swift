import Foundation

/// Writes a simulated shop as the tables that `martlet build` reads: some lines at a time.
public struct SimulatedTables {
  let shop: SimulatedShop

  public init(_ shop: SimulatedShop) { self.shop = shop }

  private static let bufferBytes = 1 << 20

  /// `session_id,user_id,item_id,event,time,region`
  public func writeEvents(_ visits: SimulatedVisits, to write: (Data) throws -> Void) rethrows {
    var text = "session_id,user_id,item_id,event,time,region\n"
    text.reserveCapacity(SimulatedTables.bufferBytes + 65_536)
    for visit in visits {
      for event in visit {
        text += "s\(event.session),u\(event.user),\(shop.id(of: event.item)),\(event.kind.rawValue),\(event.time),"
        text += "\(shop.regionName(event.region))\n"
      }
      if text.utf8.count >= SimulatedTables.bufferBytes {
        try write(Data(text.utf8))
        text.removeAll(keepingCapacity: true)
      }
    }
    try write(Data(text.utf8))
  }

  /// `item_id,title,category,brand,price`
  public func writeCatalogue(to write: (Data) throws -> Void) rethrows {
    var text = "item_id,title,category,brand,price\n"
    for item in 0..<shop.items {
      let price = shop.price(of: item)
      let cents = price % 100
      text += "\(shop.id(of: item)),Item \(item),\(shop.categoryName(shop.category(of: item))),"
      text += "Brand \(shop.brand(of: item)),\(price / 100).\(cents < 10 ? "0" : "")\(cents)\n"
      if text.utf8.count >= SimulatedTables.bufferBytes {
        try write(Data(text.utf8))
        text.removeAll(keepingCapacity: true)
      }
    }
    try write(Data(text.utf8))
  }
}
