import Evaluation
import Testing

struct AnswerProfileTests {
  /// The most popular item has place 0, the least 1; equals share the middle of their places.
  @Test func popularityRanks() {
    #expect(AnswerProfile.ranks([5, 9, 0]) == [0.5, 0, 1])
    #expect(AnswerProfile.ranks([7, 7, 7, 7, 7]) == [0.5, 0.5, 0.5, 0.5, 0.5])
    #expect(AnswerProfile.ranks([1, 3, 1]) == [0.75, 0, 0.75])
    #expect(AnswerProfile.ranks([4]) == [0])
    #expect(AnswerProfile.ranks([]) == [])
  }
}
