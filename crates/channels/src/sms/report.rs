//! What became of a message of ours, as the provider's status callback tells it (spec: channel-connectors#1B.1).

use super::{
    form::{SmsForm, Undecodable, is_id},
    reason::Reason,
    status::{delivery, is_failure},
};
use domain::session::Delivery;

/// The longest word for a state, in bytes.
const MAX_STATUS_BYTES: usize = 64;

/// A report on a message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// The provider's id of the message.
    pub provider_id: String,
    /// The header that stays the same when the provider tries again.
    pub repetition: Option<String>,
    /// The provider's id of our account, which must be the configured one.
    pub account_sid: Option<String>,
    /// How far it has come. `None` for a word that we do not know: providers add some, and then nothing changes.
    pub delivery: Option<Delivery>,
    /// The provider's word for it.
    pub status: String,
    /// The provider's error code, where there is one.
    pub code: Option<u32>,
    /// When the network was done with it, as digits `YYMMDDhhmm`, maybe with seconds; in a time zone nobody tells.
    pub done: Option<String>,
}

impl StatusReport {
    /// Reads the form of a status callback; `repetition` as for [`super::inbound::Inbound::read`].
    pub fn read(form: &SmsForm, repetition: Option<&str>) -> Result<Self, Undecodable> {
        form.check_number()?;
        let status = match form.bounded("MessageStatus", MAX_STATUS_BYTES)? {
            Some(status) => status,
            None => {
                form.bounded("SmsStatus", MAX_STATUS_BYTES)?.ok_or(Undecodable::Missing("MessageStatus"))?
            }
        };
        let code = form.get("ErrorCode")?.and_then(|code| code.parse().ok()).filter(|code| *code != 0);
        Ok(Self {
            provider_id: form.message_id()?,
            repetition: repetition.filter(|token| is_id(token)).map(str::to_owned),
            account_sid: form.id("AccountSid")?,
            delivery: delivery(&status),
            status,
            code,
            done: form.get("RawDlrDoneDate")?.filter(|date| is_date(date)).map(str::to_owned),
        })
    }

    /// Why the message did not arrive. `None` if it did, or still may.
    pub fn reason(&self) -> Option<Reason> {
        let failed = self.delivery.is_some_and(is_failure);
        failed.then(|| self.code.map_or(Reason::Unknown, Reason::of))
    }
}

fn is_date(text: &str) -> bool {
    matches!(text.len(), 10 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> Result<StatusReport, Undecodable> {
        StatusReport::read(&SmsForm::read(form.as_bytes()), Some("again-1"))
    }

    #[test]
    fn a_report_is_read() {
        let form = "MessageSid=SM1&AccountSid=AC1&MessageStatus=undelivered&ErrorCode=30005&To=%2B1555\
                    &RawDlrDoneDate=2611211015&New=1";
        let expected = StatusReport {
            provider_id: "SM1".into(),
            repetition: Some("again-1".into()),
            account_sid: Some("AC1".into()),
            delivery: Some(Delivery::Undelivered),
            status: "undelivered".into(),
            code: Some(30005),
            done: Some("2611211015".into()),
        };
        assert_eq!(read(form), Ok(expected.clone()));
        assert_eq!(expected.reason(), Some(Reason::UnknownNumber));
    }

    #[test]
    fn the_fields_have_had_other_names() {
        let report = read("SmsSid=SM1&SmsStatus=sent").expect("a report");
        assert_eq!((report.provider_id.as_str(), report.delivery), ("SM1", Some(Delivery::Sent)));
    }

    #[test]
    fn a_word_that_is_new_changes_nothing() {
        let report = read("MessageSid=SM1&MessageStatus=teleported").expect("a report");
        assert_eq!((report.delivery, report.status.as_str()), (None, "teleported"));
    }

    #[test]
    fn only_a_failure_has_a_reason() {
        let reason = |form: &str| read(&format!("MessageSid=SM1&{form}")).expect("a report").reason();
        assert_eq!(reason("MessageStatus=failed"), Some(Reason::Unknown));
        assert_eq!(reason("MessageStatus=failed&ErrorCode=0"), Some(Reason::Unknown));
        assert_eq!(reason("MessageStatus=failed&ErrorCode=99999"), Some(Reason::Other));
        assert_eq!(reason("MessageStatus=failed&ErrorCode=x"), Some(Reason::Unknown));
        assert_eq!(reason("MessageStatus=delivered&ErrorCode=30005"), None);
    }

    #[test]
    fn a_date_that_is_none_is_left_out() {
        for date in ["", "yesterday!", "26112110", "26112110151"] {
            let form = format!("MessageSid=SM1&MessageStatus=sent&RawDlrDoneDate={date}");
            assert_eq!(read(&form).expect("a report").done, None, "{date}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(read("MessageStatus=sent"), Err(Undecodable::Missing("MessageSid")));
        assert_eq!(read("MessageSid=SM1"), Err(Undecodable::Missing("MessageStatus")));
        let long = format!("MessageSid=SM1&MessageStatus={}", "x".repeat(65));
        assert_eq!(read(&long), Err(Undecodable::TooLong { name: "MessageStatus", bytes: 64 }));
    }
}
