//! Telephone numbers as people write them.

/// A number in the international form of E.164, `+` and 7 to 15 digits, from one as people write it; or why it is
/// none, in a sentence for an agent. The prefix of the account's addresses may stand before it.
pub(super) fn international(given: &str, prefix: Option<&str>) -> Result<String, String> {
    let given = given.trim();
    let bare = prefix.and_then(|prefix| given.strip_prefix(prefix)).unwrap_or(given);
    let number: String = bare.chars().filter(|mark| !is_decoration(*mark)).collect();
    let Some(digits) = number.strip_prefix('+') else {
        return Err("A telephone number must begin with + and the code of its country".into());
    };
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
    if is_number && (7..=15).contains(&digits.len()) {
        Ok(number)
    } else {
        Err("This is not a valid telephone number".into())
    }
}

/// Characters that people write into numbers for readability.
const fn is_decoration(mark: char) -> bool {
    matches!(mark, ' ' | '\u{a0}' | '-' | '\u{2010}'..='\u{2013}' | '.' | '/' | '(' | ')')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_taken_as_people_write_it() {
        for given in ["+15550001111", " +1 (555) 000-1111 ", "+1.555.000.1111", "whatsapp:+15550001111"] {
            assert_eq!(international(given, Some("whatsapp:")).as_deref(), Ok("+15550001111"), "{given}");
        }
    }

    #[test]
    fn what_is_no_number_of_any_country_is_refused() {
        for given in ["", "+", "15550001111", "0015550001111", "+0155500011", "+123456", "+1234567890123456"]
        {
            assert!(international(given, None).is_err(), "{given}");
        }
        for given in ["+1555000x111", "++15550001111", "whatsapp:+15550001111", "+٣٤٥٦٧٨٩٠"] {
            assert!(international(given, None).is_err(), "{given}");
        }
    }

    proptest! {
        #[test]
        fn a_number_stays_as_it_is(digits in "[1-9][0-9]{6,14}") {
            let number = format!("+{digits}");
            prop_assert_eq!(international(&number, None), Ok(number));
        }

        #[test]
        fn anything_can_be_judged(given: String) {
            if let Ok(number) = international(&given, None) {
                prop_assert_eq!(international(&number, None), Ok(number.clone()));
            }
        }
    }
}
