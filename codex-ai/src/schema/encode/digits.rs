//! Whole numbers as digits.

/// The number in a string, by the grammar of JSON; `None` for what is no whole number.
pub(super) fn number_of(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    Some(if digits.is_empty() { "0".to_owned() } else { format!("{sign}{digits}") })
}

/// The digits of a JSON number that is written as a whole one: `5`, `-5`, `5.0`. `None` for others.
pub(super) fn digits_of(number: &str) -> Option<&str> {
    let whole = match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => number,
    };
    (!whole.contains(['e', 'E'])).then_some(whole)
}
