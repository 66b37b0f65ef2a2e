//! What is said in the demo centre. Customer and agent each know their own side of a dialogue; either side goes
//! on sensibly when a person sits at the other.

/// A matter a customer comes with.
#[derive(Debug)]
pub(crate) struct Dialogue {
    /// The subject, attached to the conversation as user data `Subject`.
    pub(crate) subject: &'static str,
    /// The customer's first words.
    pub(crate) opening: &'static str,
    /// What the agent says and what the customer answers to it, in turn.
    pub(crate) turns: &'static [(&'static str, &'static str)],
    /// What the agent may ask a colleague about it.
    pub(crate) question: Option<Question>,
    /// The code of the book that fits its end.
    pub(crate) disposition: &'static str,
}

/// What one agent asks another about a matter, for the agents alone.
#[derive(Debug)]
pub(crate) struct Question {
    /// After how many of their own sentences to the customer the agent asks.
    pub(crate) after: usize,
    /// The question.
    pub(crate) text: &'static str,
    /// What the colleague answers.
    pub(crate) advice: &'static str,
}

/// The matters.
pub(crate) const DIALOGUES: [Dialogue; 6] = [
    Dialogue {
        subject: "Invoice",
        opening: "Hello, my last invoice is higher than usual. Can you tell me why?",
        turns: &[
            ("Good morning! I will look it up. Could you give me the invoice number?", "It is 2041-77."),
            (
                "Thank you. I see a second delivery on it, from the 14th. Did you order twice?",
                "No, only once. The second parcel never came either.",
            ),
            (
                "Then that is our mistake, I am sorry. I have taken it off; you will get a corrected invoice today.",
                "That was quick, thank you!",
            ),
        ],
        question: Some(Question {
            after: 2,
            text: "Order 2041 has a second parcel that never came. May I take it off the invoice myself?",
            advice: "Yes, up to 200. Please tell them that a corrected invoice comes today.",
        }),
        disposition: "Billing",
    },
    Dialogue {
        subject: "Delivery",
        opening: "Hi! Where is my parcel? It should have been here on Monday.",
        turns: &[
            ("Hello! Let me check. Which order is it about?", "Order 58 311."),
            (
                "It left the depot this morning and will be with you between two and four this afternoon.",
                "Can the driver leave it next door? I am at work until five.",
            ),
            ("I have told the driver: number 12, next door. Is that right?", "Exactly. Thanks a lot."),
        ],
        question: None,
        disposition: "IssueResolved",
    },
    Dialogue {
        subject: "Router",
        opening: "My new router blinks red all the time and there is no internet.",
        turns: &[
            (
                "Sorry to hear that. Red means that it finds no line. Is the grey cable in the port marked WAN?",
                "One moment, I am looking… No! It was in LAN 1.",
            ),
            ("Please move it over, and give it two minutes.", "It is green now!"),
            ("Wonderful. Then everything is as it should be.", "Great, thank you for your patience."),
        ],
        question: None,
        disposition: "IssueResolved",
    },
    Dialogue {
        subject: "Cancellation",
        opening: "I would like to cancel my subscription at the end of the month.",
        turns: &[
            (
                "I can help you with that. May I ask what you were not happy with?",
                "Nothing at all, I am moving abroad.",
            ),
            (
                "Then all the best for the move! Our contracts team confirms cancellations; I pass your wish on right now.",
                "Will I hear from them?",
            ),
            ("Yes, by e-mail, within one working day.", "Perfect, goodbye."),
        ],
        question: Some(Question {
            after: 1,
            text: "Somebody moves abroad and cancels. Do they have to wait until the end of the year?",
            advice: "No, the end of the month is fine. The contracts team confirms it by e-mail.",
        }),
        disposition: "Referred",
    },
    Dialogue {
        subject: "Coffee machine",
        opening: "The coffee machine I bought from you leaks. It is four weeks old.",
        turns: &[
            ("That should not happen. Where does the water come out?", "From below, only while it heats up."),
            (
                "That sounds like the seal. I can send a new machine, or the seal with instructions.",
                "A new one, please. I am a bit disappointed, to be honest.",
            ),
            (
                "I understand. It leaves our house today, and the return label is already in your inbox.",
                "All right. Thank you.",
            ),
        ],
        question: Some(Question {
            after: 1,
            text: "A coffee machine leaks from below after four weeks. Is that the seal again?",
            advice: "It is. You may offer the seal or a new machine, whichever they like better.",
        }),
        disposition: "Quality",
    },
    Dialogue {
        subject: "Appointment",
        opening: "Good day, can one of your advisers call me about insulation?",
        turns: &[
            ("With pleasure. When would it suit you?", "Tomorrow after three, if possible."),
            ("Half past three is free. On which number may we call you?", "On +1 555 0142."),
            ("Noted: tomorrow, half past three, +1 555 0142.", "Thank you, talk to you tomorrow."),
        ],
        question: None,
        disposition: "CallbackRequested",
    },
];

/// The customers' names.
pub(crate) const CUSTOMERS: [(&str, &str); 12] = [
    ("Ines", "Moreau"),
    ("Jonas", "Weber"),
    ("Kaya", "Aydin"),
    ("Liam", "Byrne"),
    ("Mina", "Sato"),
    ("Noor", "Haddad"),
    ("Oskar", "Lind"),
    ("Priya", "Nair"),
    ("Rosa", "Conti"),
    ("Sam", "Okoro"),
    ("Tereza", "Novak"),
    ("Yusuf", "Demir"),
];

/// What an agent says about a matter they have no answer to, in turn.
pub(crate) const GENERAL: [&str; 3] = [
    "Hello, thank you for writing to us. What can I do for you?",
    "I see. Let me have a look at that for you.",
    "I have passed it on to the colleagues in charge; they will write to you today.",
];

/// What an agent says last.
pub(crate) const FAREWELL: &str = "Is there anything else? If not, have a nice day!";

/// What an agent says to a customer who has fallen silent.
pub(crate) const SILENCE: &str =
    "I have not heard from you for a while, so I will close our chat. Write to us any time!";

/// What an agent tells whoever advised them, for the agents alone. Nobody answers to it.
pub(crate) const THANKS_FOR_ADVICE: &str = "Thank you, that helps.";

/// What somebody who was asked says to agents, when they know the question and when they do not, in turn.
pub(crate) const ADVICE: [&str; 3] = [
    "I am here and have read all of it. What would you like to know?",
    "I would do it as in the last case of this kind.",
    "If it goes beyond that, invite me and I talk with the customer myself.",
];

/// What a supervisor says to the agent whom they follow.
pub(crate) const COACHING: [&str; 3] = [
    "You are doing well. Tell them what happens next, and when.",
    "Ask whether there is anything else before you say goodbye.",
    "They sound worried. A word of understanding helps.",
];

/// What a supervisor who steps in says to everybody, and what a customer answers to it.
pub(crate) const STEPS_IN: (&str, &str) = (
    "Hello, I am in charge of the team. We take care of it, and the delivery is on us.",
    "That is very kind, thank you.",
);

/// What a customer says when the other side goes on after their last words.
pub(crate) const THANKS: &str = "No, that was all. Thank you and goodbye!";

/// What a customer says when they have waited a while.
pub(crate) const IMPATIENCE: &str = "Is anyone there?";

/// The question that somebody asked in these words.
pub(crate) fn asked(text: &str) -> Option<&'static Question> {
    DIALOGUES.iter().filter_map(|dialogue| dialogue.question.as_ref()).find(|question| question.text == text)
}

/// The matter with a subject.
pub(crate) fn about(subject: &str) -> Option<&'static Dialogue> {
    DIALOGUES.iter().find(|dialogue| dialogue.subject == subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{command::Provision, disposition_tree};

    #[test]
    fn every_dialogue_ends_in_a_code_of_the_book() {
        let mut book = disposition_tree::DispositionTree::default();
        for change in crate::centre("hash", crate::centre::OFFER) {
            if let Provision::Book(change) = change {
                book.apply(&change);
            }
        }
        for dialogue in &DIALOGUES {
            assert!(book.named(dialogue.disposition).is_some(), "{}", dialogue.disposition);
            if let Some(question) = &dialogue.question {
                assert!(question.after < dialogue.turns.len(), "{}", dialogue.subject);
                assert_eq!(asked(question.text).map(|found| found.advice), Some(question.advice));
            }
            assert_eq!(about(dialogue.subject).map(|found| found.opening), Some(dialogue.opening));
        }
    }
}
