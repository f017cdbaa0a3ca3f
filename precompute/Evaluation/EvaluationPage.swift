/// A report as one HTML page that needs nothing else.
public struct EvaluationPage {
  private let report: EvaluationReport
  public init(_ report: EvaluationReport) { self.report = report }
  public var html: String { "" }
}
