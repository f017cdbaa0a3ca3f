/// The nearest whole number, ties to even, for magnitudes below 2²²: at 1.5·2²³ a Float has no bits left for a fraction, so the
/// adder itself rounds. `rounded(.toNearestOrEven)` is a call of libm where the target has no instruction for it.
@inlinable
public func nearestEven(_ value: Float) -> Float { (value + 12_582_912) - 12_582_912 }
