//! A webhook as it came: the connector works on it, and quarantine keeps it.

use domain::InteractionId;

/// A webhook, without its signature, which is checked by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawWebhook {
    /// Whether it is a `GET`, whose form is in its query.
    pub get: bool,
    /// Path and query as they were requested, and signed.
    pub path: String,
    /// The header that stays the same when the provider tries again.
    pub repetition: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a webhook is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A customer's message.
    Message,
    /// What became of one of our messages.
    Report {
        /// The conversation.
        session: InteractionId,
        /// Place in its log.
        index: u32,
    },
}

impl RawWebhook {
    /// The encoded form.
    pub fn form(&self) -> &[u8] {
        match self.path.split_once('?') {
            Some((_, query)) if self.get => query.as_bytes(),
            _ if self.get => b"",
            _ => &self.body,
        }
    }

    /// What it is about, according to its path: our own word for the message, which we gave to the provider.
    pub fn subject(&self) -> Option<Subject> {
        let path = self.path.split_once('?').map_or(&*self.path, |(path, _)| path);
        let mut parts = path.trim_start_matches('/').split('/').skip(3);
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Some(Subject::Message),
            (Some(_status), Some(session), Some(index)) => {
                Some(Subject::Report { session: session.into(), index: index.parse().ok()? })
            }
            _ => None,
        }
    }

    /// As quarantine keeps it: readable as far as it was, and every byte of it.
    pub fn write(&self) -> Vec<u8> {
        let method = if self.get { "GET" } else { "POST" };
        let repetition = self.repetition.as_deref().unwrap_or_default();
        let mut bytes = format!("{method} {}\n{repetition}\n\n", self.path).into_bytes();
        bytes.extend(&self.body);
        bytes
    }

    /// Reads what quarantine gives back; `None` if quarantine did not write it.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
        let mut line = || std::str::from_utf8(parts.next()?).ok();
        let (asked, repetition, _empty) = (line()?, line()?, line().filter(|line| line.is_empty())?);
        let body = parts.next()?;
        let (method, path) = asked.split_once(' ')?;
        Some(Self {
            get: method == "GET",
            path: path.to_owned(),
            repetition: Some(repetition).filter(|token| !token.is_empty()).map(str::to_owned),
            body: body.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(path: &str) -> RawWebhook {
        RawWebhook { get: false, path: path.into(), repetition: None, body: Vec::new() }
    }

    #[test]
    fn the_path_says_what_it_is_about() {
        assert_eq!(raw("/channels/sms/acme?a=/b").subject(), Some(Subject::Message));
        let report = Subject::Report { session: "S1".into(), index: 4 };
        assert_eq!(raw("/channels/sms/ac%2Fme/status/S1/4?a=1").subject(), Some(report));
        for path in ["/channels/sms/acme/status/S1/x", "/channels/sms/acme/status/S1"] {
            assert_eq!(raw(path).subject(), None, "{path}");
        }
    }

    #[test]
    fn the_form_of_a_get_is_its_query() {
        let get = RawWebhook { get: true, body: b"ignored".to_vec(), ..raw("/channels/sms/acme?A=1&B=2") };
        assert_eq!(
            (get.form(), RawWebhook { path: "/p".into(), ..get.clone() }.form()),
            (&b"A=1&B=2"[..], &b""[..])
        );
    }

    #[test]
    fn what_quarantine_did_not_write_is_not_read() {
        for bytes in [&b""[..], b"no head", b"nohead\n\nbody", b"\xff \n\n"] {
            assert_eq!(RawWebhook::read(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn quarantine_gives_back_what_it_was_given(
            get: bool, path in "/[!-~]{0,40}", repetition in proptest::option::of("[!-~]{1,20}"), body: Vec<u8>,
        ) {
            let raw = RawWebhook { get, path, repetition, body };
            prop_assert_eq!(RawWebhook::read(&raw.write()), Some(raw));
        }
    }
}
