//! Reading a form: the fields of a request, in either of the two encodings (spec: digital-channels#6.1).

use super::trouble::Trouble;
use crate::{
    chat::bounds::{MAX_BODY_BYTES, MAX_FIELDS},
    urlencoded,
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
};
use domain::UserData;
use edge::{Charset, Sender, read_body};
use http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::{Map, Value};

/// Where a mobile application can be woken. That is between it and its provider and not shown to agents
/// (spec: channel-connectors#3.2). This server wakes none, so it is not kept.
const PUSH: &str = "push_notification_";

/// The fields of a form, in the order in which they came. It may hold a key, so it cannot be printed.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field that has a value; the last of several with one name. An empty field counts as left out, as widgets
    /// send all fields they know.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().rev().filter(|(field, _)| field == name);
        named.next().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// What the form asks to be done, to tell whether another form asks for the same: the fields without those that
    /// show who asks and those that say how much of the transcript should come with the answer.
    pub fn asks(&self) -> impl Iterator<Item = &[u8]> {
        const BESIDES: [&str; 4] = ["userId", "secureKey", "alias", "transcriptPosition"];
        let fields = self.0.iter().filter(|(name, _)| !BESIDES.contains(&name.as_str()));
        fields.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()])
    }

    /// A field that has a value; else the refusal that names it.
    pub fn required(&self, name: &'static str) -> Result<&str, Trouble> {
        self.get(name).ok_or(Trouble::Missing(name))
    }

    /// A field that a rule of the domain checks; the rule refuses an empty one.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// `transcriptPosition`: the first index wanted. The log begins at 1, and 0 is how some ask for all of it.
    pub fn position(&self) -> Result<Option<u32>, Trouble> {
        let name = "transcriptPosition";
        let read =
            |text: &str| text.trim().parse().map_err(|_| Trouble::Bad(format!("'{name}' is no position")));
        Ok(self.get(name).map(read).transpose()?.map(|position: u32| position.max(1)))
    }

    /// The pairs given as `userData[key]=value`; of a key given twice, the last.
    pub fn user_data(&self) -> UserData {
        let key = |field: &str| Some(field.strip_prefix("userData[")?.strip_suffix(']')?.to_owned());
        let pairs =
            self.0.iter().filter_map(|(field, value)| Some((key(field)?, Value::from(value.as_str()))));
        UserData::new(pairs.filter(|(key, _)| !key.starts_with(PUSH)).collect::<Map<_, _>>())
    }
}

/// Reads the form of a request, in the alphabet that its content type declares, or a field `_charset_`. Without either
/// it must be UTF-8, and other bytes are refused: letters that are replaced are lost.
pub(super) async fn read(request: Request) -> Result<Form, Trouble> {
    let (parts, body) = request.into_parts();
    let encoding = Encoding::of(&parts.headers).ok_or(Trouble::ContentType)?;
    let charset = Charset::of(&parts.headers)?;
    let bytes = read_body(&parts.extensions, body, Sender::Stranger, MAX_BODY_BYTES).await?;
    let fields = match encoding {
        Encoding::Urlencoded => plain(charset, &bytes)?,
        Encoding::Multipart => multipart(charset, Request::from_parts(parts, Body::from(bytes))).await?,
    };
    Ok(Form(fields))
}

enum Encoding {
    Urlencoded,
    Multipart,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let essence =
            headers.get(CONTENT_TYPE)?.to_str().ok()?.split(';').next()?.trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Urlencoded),
            "multipart/form-data" => Some(Self::Multipart),
            _ => None,
        }
    }
}

fn plain(charset: Charset, bytes: &[u8]) -> Result<Vec<(String, String)>, Trouble> {
    // Counted before they are taken apart, so that a megabyte of `&` costs nothing.
    if bytes.split(|byte| *byte == b'&').nth(MAX_FIELDS).is_some() {
        return Err(Trouble::TooManyFields);
    }
    Ok(urlencoded::fields(charset, bytes)?)
}

/// A part may declare an alphabet of its own (RFC 7578 §4.5); the others are in that of the whole form.
async fn multipart(charset: Charset, request: Request) -> Result<Vec<(String, String)>, Trouble> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Trouble::Unreadable)?;
    let mut raw: Vec<(String, Charset, Bytes)> = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| Trouble::Unreadable)? {
        if raw.len() == MAX_FIELDS {
            return Err(Trouble::TooManyFields);
        }
        // A name that is not UTF-8 counts as none.
        let name = part.name().ok_or(Trouble::Unreadable)?.to_owned();
        let own = Charset::of(part.headers())?;
        let value = part.bytes().await.map_err(|_| Trouble::Unreadable)?;
        raw.push((name, own, value));
    }
    let named = raw.iter().map(|(name, _, value)| (name.as_bytes(), &**value));
    let charset = urlencoded::charset(charset, named)?;
    let text = |(name, own, value): (String, Charset, Bytes)| {
        let text = if own.is_declared() { own.read(&value)? } else { charset.read_within(&value)? };
        Ok((name, text.into_owned()))
    };
    raw.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    async fn given(content_type: &str, body: impl Into<Body>) -> Result<Form, Trouble> {
        let request =
            Request::post("/").header(CONTENT_TYPE, content_type).body(body.into()).expect("request");
        read(request).await
    }

    #[tokio::test]
    async fn both_encodings_say_the_same() {
        let plain =
            given("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "a=1&userData%5Bk%5D=%C3%BC+v&a=2")
                .await;
        let parts = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
                     --x\r\ncontent-disposition: form-data; name=\"userData[k]\"\r\n\r\nü v\r\n\
                     --x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n2\r\n--x--\r\n";
        let parts = given("multipart/form-data; boundary=x", parts).await;
        for form in [plain, parts] {
            let form = form.unwrap_or_else(|_| panic!("a form"));
            assert_eq!(form.get("a"), Some("2"));
            assert_eq!(form.user_data().get("k"), Some(&Value::from("ü v")));
        }
    }

    #[tokio::test]
    async fn other_bodies_are_refused_by_what_is_wrong_with_them() {
        let urlencoded = "application/x-www-form-urlencoded";
        assert!(matches!(given("application/json", "{}").await, Err(Trouble::ContentType)));
        assert!(matches!(given("multipart/form-data", "--x").await, Err(Trouble::Unreadable)));
        assert!(matches!(
            given("multipart/form-data; boundary=x", "nothing").await,
            Err(Trouble::Unreadable)
        ));
        assert!(matches!(given(urlencoded, "&".repeat(MAX_FIELDS)).await, Err(Trouble::TooManyFields)));
        assert!(matches!(given(urlencoded, "x".repeat(MAX_BODY_BYTES + 1)).await, Err(Trouble::TooLarge)));
        assert!(given(urlencoded, "x".repeat(MAX_BODY_BYTES)).await.is_ok());
        let part = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        let body = part.repeat(MAX_FIELDS + 1) + "--x--\r\n";
        assert!(matches!(given("multipart/form-data; boundary=x", body).await, Err(Trouble::TooManyFields)));
    }

    #[test]
    fn a_position_is_a_number_from_1_on() {
        let position = |text| form(&[("transcriptPosition", text)]).position();
        assert!(matches!(position("7"), Ok(Some(7))));
        assert!(matches!(position("0"), Ok(Some(1))));
        assert!(matches!(position(""), Ok(None)));
        for bad in ["-1", "two", "1.5", "4294967296"] {
            assert!(matches!(position(bad), Err(Trouble::Bad(_))), "{bad}");
        }
    }

    #[test]
    fn push_registrations_do_not_reach_agents() {
        let data =
            form(&[("userData[push_notification_deviceid]", "1"), ("userData[Plan]", "gold")]).user_data();
        assert_eq!(data.pairs().keys().collect::<Vec<_>>(), ["Plan"]);
    }
}
