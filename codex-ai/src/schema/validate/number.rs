//! Exact arithmetic on JSON values: order, equality and multiples, without a float in between.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use serde_json::{Number, Value};

/// Values nested more deeply than this are not compared.
const DEEPEST: usize = 512;

/// The order of two numbers by value; an integer and a float are compared exactly.
pub(super) fn order(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => order_mixed(a, float(b)),
        (None, Some(b)) => order_mixed(b, float(a)).reverse(),
        (None, None) => float(a).total_cmp(&float(b)),
    }
}

/// Whether the number has no fraction; `1.0` counts as whole, as JSON Schema says.
pub(super) fn is_whole(number: &Number) -> bool {
    integer(number).is_some() || float(number).fract() == 0.0
}

/// Whether `number` is a multiple of `divisor`, both as the decimals that they are written as: 0.3 is a multiple of 0.1.
pub(super) fn is_multiple(number: &Number, divisor: &Number) -> bool {
    let (Some(number), Some(divisor)) = (Decimal::of(number), Decimal::of(divisor)) else { return false };
    if number.digits == 0 || divisor.digits == 0 {
        return number.digits == 0;
    }
    let shift = number.exponent - divisor.exponent;
    if shift >= 0 {
        // number = digits × 10^shift in units of the divisor's last digit; only its remainder is needed.
        multiply(number.digits % divisor.digits, power(shift, divisor.digits), divisor.digits) == 0
    } else {
        let scale = u32::try_from(-shift).ok().and_then(|n| 10_u128.checked_pow(n));
        // A divisor too large for 128 bits is larger than every number that is not zero.
        scale.and_then(|scale| scale.checked_mul(divisor.digits)).is_some_and(|unit| number.digits % unit == 0)
    }
}

/// Whether two values are the same: numbers by value, objects whatever their order. `None` when they are too deep.
pub(in crate::schema) fn equal(a: &Value, b: &Value) -> Option<bool> {
    equal_at(a, b, 0)
}

fn equal_at(a: &Value, b: &Value, depth: usize) -> Option<bool> {
    if depth > DEEPEST {
        return None;
    }
    Some(match (a, b) {
        (Value::Number(a), Value::Number(b)) => order(a, b).is_eq(),
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            for (a, b) in a.iter().zip(b) {
                if !equal_at(a, b, depth + 1)? {
                    return Some(false);
                }
            }
            true
        }
        (Value::Object(a), Value::Object(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            for (key, a) in a {
                let Some(b) = b.get(key) else { return Some(false) };
                if !equal_at(a, b, depth + 1)? {
                    return Some(false);
                }
            }
            true
        }
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        _ => false,
    })
}

/// Feeds a value to a hasher so that equal values have equal hashes. `None` when it is too deep.
pub(super) fn hash(value: &Value, hasher: &mut impl Hasher, depth: usize) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    match value {
        Value::Null => 0_u8.hash(hasher),
        Value::Bool(b) => (1_u8, b).hash(hasher),
        Value::Number(number) => match integer(number) {
            Some(n) => (2_u8, n).hash(hasher),
            None => (3_u8, float(number).to_bits()).hash(hasher),
        },
        Value::String(text) => (4_u8, text).hash(hasher),
        Value::Array(items) => {
            (5_u8, items.len()).hash(hasher);
            for item in items {
                hash(item, hasher, depth + 1)?;
            }
        }
        Value::Object(map) => {
            // In an order of their own: that of the keys means nothing.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            (6_u8, entries.len()).hash(hasher);
            for (key, value) in entries {
                key.hash(hasher);
                hash(value, hasher, depth + 1)?;
            }
        }
    }
    Some(())
}

/// The number as an integer, where it is one that 64 bits hold in some form; `1.0` is 1.
fn integer(number: &Number) -> Option<i128> {
    if let Some(n) = number.as_i64() {
        return Some(n.into());
    }
    if let Some(n) = number.as_u64() {
        return Some(n.into());
    }
    let float = float(number);
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked, and the fraction is zero")]
    (float.fract() == 0.0 && float.abs() < 2_f64.powi(64)).then_some(float as i128)
}

fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

/// An integer against a float that is no integer of 64 bits: it has a fraction, or is larger than all of them.
fn order_mixed(integer: i128, float: f64) -> Ordering {
    if float.abs() >= 2_f64.powi(64) {
        return if float > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked; the fraction is what is compared next")]
    let floor = float.floor() as i128;
    // The float lies between `floor` and `floor + 1`.
    if integer <= floor { Ordering::Less } else { Ordering::Greater }
}

/// `digits × 10^exponent`, without the sign.
struct Decimal {
    digits: u128,
    exponent: i32,
}

impl Decimal {
    fn of(number: &Number) -> Option<Self> {
        if let Some(n) = integer(number) {
            return Some(Self { digits: n.unsigned_abs(), exponent: 0 });
        }
        // The shortest decimal that reads back as this float, which is how it was written: `-1.25e-3`.
        let text = format!("{:e}", float(number));
        let (mantissa, exponent) = text.split_once('e')?;
        let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction).ok()?;
        Some(Self { digits: digits.parse().ok()?, exponent })
    }
}

/// `10^exponent` modulo `modulus`.
fn power(mut exponent: i32, modulus: u128) -> u128 {
    let (mut base, mut result) = (10 % modulus, 1 % modulus);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = multiply(result, base, modulus);
        }
        base = multiply(base, base, modulus);
        exponent /= 2;
    }
    result
}

/// `a × b` modulo `modulus`. All are below 2^64, as those of an integer are and a float has 17 digits, so it cannot overflow.
fn multiply(a: u128, b: u128, modulus: u128) -> u128 {
    a * b % modulus
}
