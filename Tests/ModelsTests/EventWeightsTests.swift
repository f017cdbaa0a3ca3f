import Models
import Session
import Testing

@Suite struct EventWeightsTests {
  @Test func unlistedAndUnknownTypesCountNothing() {
    let weights = EventWeights([.view: 2])
    #expect(weights[EventType.view] == 2)
    #expect(weights[EventType.purchase] == 0)
    #expect(weights[UInt8(EventType.view.rawValue)] == 2)
    #expect(weights[UInt8(0)] == 0 && weights[UInt8(255)] == 0)
  }

  @Test func aPurchaseSaysMoreThanACartThanAView() {
    let weights = EventWeights.standard
    #expect(weights[EventType.purchase] > weights[EventType.addToCart])
    #expect(weights[EventType.addToCart] > weights[EventType.view])
    #expect(weights[EventType.impression] == 0 && weights[EventType.removeFromCart] == 0)
  }
}
