//! Fresh ids and secrets, from the system's randomness.

use desk::ports::Ids;
use domain::{InteractionId, message::ParticipantId};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The first character of a conversation's id is a digit or a capital (spec: digital-channels#1.6).
const FIRST: u16 = 36;

/// The system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn session(&self) -> InteractionId {
        let random: [u8; 32] = random();
        let letters = random.chunks_exact(2).enumerate().map(|(place, pair)| {
            let of = if place == 0 { FIRST } else { 62 };
            // Sixteen bits for each letter: the bias is below one in a thousand and does no harm in an id.
            let letter = u16::from_be_bytes([pair[0], pair[1]]) % of;
            char::from(ALPHABET[usize::from(letter)])
        });
        InteractionId::new(letters.collect::<String>())
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(format!("{:016X}", u64::from_be_bytes(random())))
    }

    fn secret(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(random()))
    }

    fn guid(&self) -> String {
        uuid::Builder::from_random_bytes(random()).into_uuid().to_string()
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(why) = getrandom::fill(&mut bytes) {
        // A guessable secret would be worse than no server.
        panic!("the system gives no randomness: {why}");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_form_the_wire_wants() {
        for _ in 0..200 {
            let session = RandomIds.session();
            let session = session.as_str();
            assert_eq!(session.len(), 16);
            assert!(session.chars().all(|letter| letter.is_ascii_alphanumeric()), "{session}");
            assert!(!session.starts_with(|first: char| first.is_ascii_lowercase()), "{session}");
            let participant = RandomIds.participant();
            assert_eq!(participant.as_str().len(), 16);
            assert!(participant.as_str().bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)));
            assert_eq!(RandomIds.secret().len(), 32);
            assert_eq!(RandomIds.guid().as_bytes()[14], b'4');
        }
        assert_ne!(RandomIds.secret(), RandomIds.secret());
    }
}
