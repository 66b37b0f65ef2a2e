//! Numbers in the international form.

/// Whether this is a number in the international form: a plus sign and 7 to 15 digits.
pub(in crate::platforms) fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn numbers_are_international() {
        for good in ["+15550100", "+1555010", "+491701234567890"] {
            assert!(is_number(good), "{good}");
        }
        for bad in
            ["", "+", "15550100", "+0155501", "+123456", "+1234567890123456", "+1555 0100", "++15550100"]
        {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
