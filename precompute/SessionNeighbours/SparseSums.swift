/// Sums by number: dense, with a list of what was touched, so that emptying costs what filling did.
struct SparseSums {
  private var sums: [Double]
  private var isTouched: [Bool]
  private(set) var touched: [UInt32] = []

  init(count: Int) {
    sums = [Double](repeating: 0, count: count)
    isTouched = [Bool](repeating: false, count: count)
  }

  subscript(number: UInt32) -> Double { sums[Int(number)] }

  mutating func add(_ number: UInt32, _ value: Double) {
    if !isTouched[Int(number)] { touched.append(number) }
    isTouched[Int(number)] = true
    sums[Int(number)] += value
  }

  mutating func clear() {
    for number in touched { (sums[Int(number)], isTouched[Int(number)]) = (0, false) }
    touched.removeAll(keepingCapacity: true)
  }
}
