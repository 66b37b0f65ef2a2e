//! How many SMS a text takes (spec: channel-connectors#1C).

/// Extension characters of the GSM alphabet, two septets each.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";
/// The basic GSM alphabet but for digits and ASCII letters.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// The number of segments, at least one. Concatenated ones lose the room of the 8-bit reference, and a character is
/// not cut in two.
pub(super) fn segments(text: &str) -> usize {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    match gsm {
        Some(widths) => count(&widths, 160, 153),
        None => count(&text.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
    }
}

fn septets(letter: char) -> Option<usize> {
    if letter.is_ascii_alphanumeric() || BASIC.contains(letter) {
        Some(1)
    } else {
        EXTENSION.contains(letter).then_some(2)
    }
}

fn count(widths: &[usize], alone: usize, each: usize) -> usize {
    if widths.iter().sum::<usize>() <= alone {
        return 1;
    }
    let (mut parts, mut room) = (1, each);
    for width in widths {
        if *width > room {
            (parts, room) = (parts + 1, each);
        }
        room -= width;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn a_text_takes_as_many_segments_as_its_alphabet_needs() {
        for (text, expected) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            // The 77th does not fit into the last septet of the first segment.
            ("€".repeat(153), 3),
            ("ж".repeat(70), 1),
            ("ж".repeat(71), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(67), 3),
            // A lower-case ç is not in the alphabet.
            ("ç".repeat(71), 2),
        ] {
            assert_eq!(segments(&text), expected, "{} of {:?}", text.chars().count(), text.chars().next());
        }
    }
}
