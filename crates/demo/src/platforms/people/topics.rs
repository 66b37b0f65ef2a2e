//! What customers write about. On Messenger they write as they do on the web site; an SMS is shorter.

use crate::dialogue::DIALOGUES;

/// A matter: the first words, and the answers in turn.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) opening: &'static str,
    pub(super) answers: Vec<&'static str>,
}

/// First words and answers over SMS.
const SHORT: [(&str, &[&str]); 6] = [
    ("Hi. Where is my parcel? Was due Monday", &["Order 58311", "Can they leave it next door?", "Thx!"]),
    ("My router blinks red. No internet", &["Grey cable is in LAN 1", "It's green now!"]),
    ("Hello, can I move my appointment? It's tomorrow at 10", &["Friday would suit me", "Perfect"]),
    ("Is the store on Mill Road open today?", &["Until when?", "Ok, I'll be there at 5"]),
    ("Got a bill of €74.90. That's double!", &["2041-77", "No, ordered only once", "Great, thank you 👍"]),
    ("Can I still cancel? I am moving abroad", &["End of this month", "Will I get a confirmation?", "Fine"]),
];

/// The matters of SMS.
pub(super) fn short() -> Vec<Topic> {
    SHORT.iter().map(|(opening, answers)| Topic { opening, answers: answers.to_vec() }).collect()
}

/// The matters of Messenger.
pub(super) fn long() -> Vec<Topic> {
    let matter = |dialogue: &'static crate::dialogue::Dialogue| Topic {
        opening: dialogue.opening,
        answers: dialogue.turns.iter().map(|(_, answer)| *answer).collect(),
    };
    DIALOGUES.iter().map(matter).collect()
}
