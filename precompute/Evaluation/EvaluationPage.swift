import Foundation

/// A report as one HTML page that needs nothing else: no script, no font, no request.
public struct EvaluationPage {
  private let report: EvaluationReport
  private static let groupsMax = 12

  public init(_ report: EvaluationReport) { self.report = report }

  public var html: String {
    let scored = report.scored
    var sections = [section("Metrics by cut-off", curves(scored) + metricsTable(scored))]
    if let comparison = report.comparison { sections.append(differences(comparison)) }
    for (key, title) in EvaluationText.titles {
      if let groups = scored.breakdowns[key], groups.count > 1 { sections.append(breakdown(title, groups)) }
    }
    sections += [
      section("Where the answers come from", sources(scored)), section("What they are like", profile(scored)),
    ]
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Evaluation: \(escape(scored.configuration))</title><style>\(Self.style)</style></head>
      <body><main><h1>Evaluation</h1>\(heading)\(sections.joined())</main></body></html>

      """
  }

  private var largest: Int { report.setting.cutoffs.last ?? 0 }

  private func section(_ title: String, _ body: String) -> String {
    "<section><h2>\(escape(title))</h2>\(body)</section>"
  }

  private var heading: String {
    func part(_ part: EvaluationReport.Part) -> String {
      "\(part.events) events, \(part.sessions) sessions, \(part.items) items, \(part.from) to \(part.through)"
    }
    let rows = [
      ("Configuration", "\(report.scored.configuration), generation \(report.scored.generation)"),
      ("Protocol", "\(report.setting.description); context \(report.setting.context)"),
      ("Positions", "\(report.positions)"), ("Training", part(report.training)), ("Test", part(report.test)),
      (
        "Unknown items",
        "\(percent(report.scored.unknownTargets)) of the targets, \(percent(report.scored.unknownSessionItems)) of the events"
      ),
      (
        "Intervals",
        "95 %, bootstrap over \(report.setting.name == "basket" ? "baskets" : "sessions"), "
          + "\(report.setting.resamples) resamples"
      ),
    ]
    return "<dl>" + rows.map { "<dt>\($0.0)</dt><dd>\(escape($0.1))</dd>" }.joined() + "</dl>"
  }

  private func curves(_ scored: EvaluationReport.Scored) -> String {
    // With one relevant item, as in a basket, recall is the hit rate.
    let shown: [RankingMetric] = report.setting.name == "basket" ? [.hr, .mrr, .ndcg] : [.hr, .mrr, .ndcg, .recall]
    let lines = shown.map { metric in
      SVGChart.Line(
        name: metric.name.uppercased(),
        values: report.setting.cutoffs.map { scored.metrics["\(metric.name)@\($0)"] ?? 0 })
    }
    return SVGChart.lines(lines, cutoffs: report.setting.cutoffs, title: "Metrics by cut-off")
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(escape($0))</\(tag)>" }.joined() + "</tr>"
    }
    return "<table>" + row(header, "th") + rows.map { row($0, "td") }.joined() + "</table>"
  }

  private func metricsTable(_ scored: EvaluationReport.Scored) -> String {
    table(
      [""] + report.setting.cutoffs.map { "@\($0)" } + ["95 % of @\(largest)"],
      RankingMetric.allCases.map { metric in
        [metric.name.uppercased()] + report.setting.cutoffs.map { number(scored.metrics["\(metric.name)@\($0)"]) }
          + [interval(scored.intervals["\(metric.name)@\(largest)"])]
      })
  }

  private func differences(_ comparison: EvaluationReport.Comparison) -> String {
    let bars = RankingMetric.allCases.map { metric in
      let key = "\(metric.name)@\(largest)"
      return SVGChart.Bar(
        name: "\(metric.name.uppercased())@\(largest)", value: comparison.differences[key] ?? 0,
        interval: comparison.intervals[key])
    }
    let title =
      "Difference at the same positions: \(comparison.scored.configuration) minus \(report.scored.configuration)"
    return section(title, SVGChart.bars(bars, series: 3, title: title))
  }

  private func breakdown(_ title: String, _ groups: [EvaluationReport.Group]) -> String {
    let shown = groups.count <= Self.groupsMax ? groups : groups.prefix(Self.groupsMax - 1) + [groups[groups.count - 1]]
    func plot(_ metric: RankingMetric) -> String {
      let key = "\(metric.name)@\(largest)"
      let name = "\(metric.name.uppercased())@\(largest)"
      let bars = shown.map { group in
        let value = group.metrics[key] ?? 0
        return SVGChart.Bar(
          name: group.name, value: value, interval: group.intervals[key],
          note: String(format: "%.4f  (%d)", value, group.positions))
      }
      return "<h3>\(name)</h3>" + SVGChart.bars(bars, series: metric.rawValue, title: "\(name) by \(title)")
    }
    return section("By \(title)", plot(.hr) + plot(.mrr) + "<p>In brackets: positions.</p>")
  }

  private func sources(_ scored: EvaluationReport.Scored) -> String {
    func plot(
      _ title: String, _ series: Int, _ shares: [EvaluationReport.Share], _ value: (EvaluationReport.Share) -> Double
    )
      -> String
    {
      let bars = shares.map { SVGChart.Bar(name: $0.name, value: value($0), note: percent(value($0))) }
      return "<h3>\(title)</h3>" + SVGChart.bars(bars, series: series, title: title)
    }
    var body = plot("Share of the answered items, by source", 0, scored.sources) { $0.items }
    body += plot("Share of the targets found, by source", 1, scored.sources) { $0.found ?? 0 }
    if !scored.fallback.isEmpty {
      body += plot("Share of the items answered as popular, by fallback level", 2, scored.fallback) { $0.items }
    }
    return body
  }

  private func profile(_ scored: EvaluationReport.Scored) -> String {
    table(
      [""] + report.setting.cutoffs.map { "@\($0)" },
      ["coverage", "novelty", "popularity_rank", "popularity_bias"].map { name in
        [name.replacing("_", with: " ")] + report.setting.cutoffs.map { number(scored.metrics["\(name)@\($0)"]) }
      }) + "<p>Popularity rank of the training events: \(number(scored.trainingPopularityRank)).</p>"
  }

  private static let style = """
    :root{color-scheme:light dark;--page:#fcfcfa;--ink:#1d2126;--soft:#5b636d;--grid:#e3e4e0;--axis:#9aa0a6;
    --s0:#2463b4;--s1:#c2571a;--s2:#1d7a68;--s3:#7d4bb0}
    @media(prefers-color-scheme:dark){:root{--page:#16191d;--ink:#e7e9ec;--soft:#a0a8b2;--grid:#2d3238;--axis:#6d7580;
    --s0:#6ba4ec;--s1:#eb9259;--s2:#53bda5;--s3:#b48ae0}}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
    main{max-width:720px;margin:0 auto;padding:24px 16px 64px}
    h1{font-size:26px;margin:0 0 12px}h2{font-size:18px;margin:36px 0 8px}h3{font-size:14px;color:var(--soft);margin:14px 0 4px}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}dt,p{color:var(--soft)}
    dd{margin:0;overflow-wrap:anywhere}p{margin:6px 0;font-size:13px}
    svg{display:block;width:100%;height:auto;margin:4px 0 8px}
    svg text{fill:var(--ink);font-size:12px;white-space:pre}svg .small{fill:var(--soft);font-size:11px}
    .end{text-anchor:end}.middle{text-anchor:middle}
    .grid{stroke:var(--grid)}.axis{stroke:var(--axis)}.whisker{stroke:var(--ink);stroke-width:1.25}
    .line{fill:none;stroke-width:2}.dot{stroke:var(--page);stroke-width:1.5}.bar{opacity:.85}
    .line.s0{stroke:var(--s0)}.line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2)}.line.s3{stroke:var(--s3)}
    .dot.s0,.bar.s0{fill:var(--s0)}.dot.s1,.bar.s1{fill:var(--s1)}.dot.s2,.bar.s2{fill:var(--s2)}.dot.s3,.bar.s3{fill:var(--s3)}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th,td{text-align:right;padding:3px 8px;border-bottom:1px solid var(--grid);font-weight:400}
    th:first-child,td:first-child{text-align:left}th{color:var(--soft)}
    """
}
