import Foundation

/// Plots as inline SVG. Colours are classes, which the page's style sheet gives for light and dark.
enum SVGChart {
  struct Line {
    let name: String
    let values: [Double]
  }

  struct Bar {
    let name: String
    let value: Double
    var interval: [Double]?
    var note = ""
  }

  private static let width = 640.0
  private static let labelWidth = 170.0
  private static let noteWidth = 150.0

  /// Lines over the cut-offs, which stand at equal distances: they are a choice, not a measure.
  static func lines(_ lines: [Line], cutoffs: [Int], title: String) -> String {
    let (left, right, top, height) = (44.0, 120.0, 12.0, 220.0)
    let largest = ceiling(lines.flatMap(\.values).max() ?? 0)
    func x(_ index: Int) -> Double {
      left + (width - left - right) * (cutoffs.count > 1 ? Double(index) / Double(cutoffs.count - 1) : 0.5)
    }
    func y(_ value: Double) -> Double { top + height * (1 - value / largest) }
    var body = ""
    for tick in 0...4 {
      let value = largest * Double(tick) / 4
      body += rule(left, y(value), width - right, y(value), tick == 0 ? "axis" : "grid")
      body += text(left - 6, y(value) + 4, String(format: "%.3g", value), "end small")
    }
    for (index, k) in cutoffs.enumerated() { body += text(x(index), top + height + 18, "@\(k)", "middle small") }
    let labels = spread(lines.map { y($0.values.last ?? 0) }, distance: 14)
    for (number, line) in lines.enumerated() {
      let points = line.values.indices.map { "\(fixed(x($0))),\(fixed(y(line.values[$0])))" }
      body += "<polyline class=\"line s\(number)\" points=\"\(points.joined(separator: " "))\"/>"
      for (index, value) in line.values.enumerated() {
        body += "<circle class=\"dot s\(number)\" cx=\"\(fixed(x(index)))\" cy=\"\(fixed(y(value)))\" r=\"4\">"
        body += "<title>\(escape(line.name))@\(cutoffs[index]): \(number4(value))</title></circle>"
      }
      body += text(
        width - right + 10, labels[number] + 4, "\(line.name) \(number4(line.values.last ?? 0))", "")
    }
    return svg(body, height: top + height + 26, title)
  }

  /// Horizontal bars from zero, to either side, with their intervals.
  static func bars(_ bars: [Bar], series: Int, title: String) -> String {
    let row = 26.0
    let ends: [Double] = bars.flatMap { [$0.value] + ($0.interval ?? []) } + [0]
    let (low, high) = (ends.min() ?? 0, ends.max() ?? 0)
    let span = high > low ? high - low : 1
    let room = width - labelWidth - noteWidth
    func x(_ value: Double) -> Double { labelWidth + room * (value - low) / span }
    var body = ""
    for (index, bar) in bars.enumerated() {
      let middle = Double(index) * row + row / 2
      let (from, to) = (x(min(0, bar.value)), x(max(0, bar.value)))
      body += text(labelWidth - 8, middle + 4, String(bar.name.prefix(24)), "end")
      body += "<rect class=\"bar s\(series)\" x=\"\(fixed(from))\" y=\"\(fixed(middle - 8))\" "
      body += "width=\"\(fixed(max(0.5, to - from)))\" height=\"16\" rx=\"2\">"
      body += "<title>\(escape(bar.name)): \(number4(bar.value)) \(interval(bar.interval))</title></rect>"
      if let ends = bar.interval, ends.count == 2 {
        body += rule(x(ends[0]), middle, x(ends[1]), middle, "whisker")
        for end in ends { body += rule(x(end), middle - 4, x(end), middle + 4, "whisker") }
      }
      body += text(width - noteWidth + 10, middle + 4, bar.note.isEmpty ? number4(bar.value) : bar.note, "")
    }
    let height = Double(bars.count) * row
    return svg(body + rule(x(0), 0, x(0), height, "axis"), height: height + 4, title)
  }

  // MARK: Parts

  private static func svg(_ body: String, height: Double, _ title: String) -> String {
    "<svg viewBox=\"0 0 \(fixed(width)) \(fixed(height))\" role=\"img\" aria-label=\"\(escape(title))\">\(body)</svg>"
  }

  private static func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
    "<line class=\"\(style)\" x1=\"\(fixed(x1))\" y1=\"\(fixed(y1))\" x2=\"\(fixed(x2))\" y2=\"\(fixed(y2))\"/>"
  }

  private static func text(_ x: Double, _ y: Double, _ text: String, _ style: String) -> String {
    "<text class=\"\(style)\" x=\"\(fixed(x))\" y=\"\(fixed(y))\">\(escape(text))</text>"
  }

  private static func fixed(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func number4(_ value: Double) -> String { String(format: "%.4f", value) }

  /// The next larger value of which a quarter is a short number, for the ticks.
  private static func ceiling(_ value: Double) -> Double {
    guard value > 0 else { return 1 }
    let power = pow(10, floor(log10(value)))
    return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].first { $0 * power >= value } ?? 10) * power
  }

  /// Moves labels apart that would stand on each other.
  private static func spread(_ places: [Double], distance: Double) -> [Double] {
    var result = places
    var last = -Double.infinity
    for index in places.indices.sorted(by: { places[$0] < places[$1] }) {
      result[index] = max(places[index], last + distance)
      last = result[index]
    }
    return result
  }
}

func escape(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}
