import Bytes

/// JSON of events: good bodies to spoil, and any values under the names that events have.
struct HostileJSON {
  private(set) var draw: Draw

  init(_ draw: Draw) { self.draw = draw }

  private static let depthMax = 4

  static let bodies: [StaticString] = [
    "{\"event\":\"view\",\"item_id\":\"lamp\",\"time\":1700000000}",
    "[{\"event\":\"add_to_cart\",\"item_id\":\"te\\u0061\"},{\"event\":\"search\",\"query\":\"Green TEA\"}]",
    "{\"event\":\"product_view\",\"product_id\":4711}\n{\"event\":\"click\",\"item_id\":\"cup\"}\r\n",
    "{\"client_id\":\"1.2\",\"events\":[{\"name\":\"purchase\",\"params\":{\"items\":[{\"item_id\":\"cup\"},{\"item_id\":\"tea\"}]}}]}",
    "{\"client_id\":\"1\",\"events\":[{\"name\":\"user_engagement\",\"params\":{\"engagement_time_msec\":\"1200\",\"percent_scrolled\":90,\"item_id\":\"x\"}}]}",
    "{\"batch\":[{\"type\":\"track\",\"event\":\"Order Completed\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"properties\":{\"products\":[{\"product_id\":\"tea\"}]}}]}",
    "[{\"event\":\"rate\",\"item_id\":\"lamp\",\"rating\":4.5},{\"event\":\"Product Reviewed\",\"properties\":{\"product_id\":\"cup\",\"rating\":8,\"scale\":10}}]",
    "{\"event\":\"dwell\",\"item_id\":\"rug\",\"seconds\":95,\"scroll_depth\":40}",
    "{\"event\":\"impression\",\"items\":[{\"item_id\":\"a\"},{\"item_id\":\"b\"},{\"item_id\":\"c\"},{\"item_id\":\"d\"}]}",
    "{\"event\":\"Checkout Started\",\"properties\":{\"value\":12.5}}",
  ]

  private static let keys: [StaticString] = [
    "event", "type", "name", "item_id", "product_id", "items", "products", "properties", "params", "ecommerce",
    "events",
    "batch", "time", "timestamp", "seconds", "duration", "engagement_time_msec", "scroll_depth", "rating", "scale",
    "value", "query", "search_term",
  ]

  private static let scalars: [StaticString] = [
    "\"view\"", "\"Product Viewed\"", "\"purchase\"", "\"search\"", "\"rate\"", "\"dwell\"", "\"lamp\"", "\"\"",
    "\"\\ud800\\u0000\"", "\"\\\"\\\\\"", "null", "true", "0", "-1", "5", "1e308", "1e-400", "99999999999999999999",
    "1700000000", "1700000000000", "0.005", "\"12\"", "\"1e9\"", "\"-0\"", "-0",
  ]

  mutating func write(_ depth: Int, to writer: inout ByteWriter) {
    let kind = draw.below(depth == 0 ? 2 : depth < HostileJSON.depthMax ? 4 : 1)
    let isObject = depth == 0 ? kind == 0 : kind == 1
    guard depth == 0 || kind == 1 || kind == 2 else {
      return writer.append(HostileJSON.scalars[draw.below(HostileJSON.scalars.count)])
    }
    writer.append(isObject ? "{" : "[")
    for index in 0..<draw.below(5) {
      if index > 0 { writer.append(",") }
      if isObject {
        writer.append("\"")
        writer.append(HostileJSON.keys[draw.below(HostileJSON.keys.count)])
        writer.append("\":")
      }
      write(depth + 1, to: &writer)
    }
    writer.append(isObject ? "}" : "]")
  }
}
