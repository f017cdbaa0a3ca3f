/// A table in plain text, columns as wide as their widest cell.
public struct TextTable: Sendable {
  public enum Alignment: Sendable {
    case left, right
  }

  public let header: [String]
  public let alignments: [Alignment]
  public let rows: [[String]]

  public init(header: [String], alignments: [Alignment], rows: [[String]]) {
    precondition(header.count == alignments.count && rows.allSatisfy { $0.count == header.count })
    (self.header, self.alignments, self.rows) = (header, alignments, rows)
  }

  public var lines: [String] {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { column -> String in
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        return alignments[column] == .left ? cells[column] + padding : padding + cells[column]
      }
      // No blanks at the end of a line.
      return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    return [line(header), widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")] + rows.map(line)
  }
}
