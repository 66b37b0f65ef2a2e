//! The kinds of values that requests take, each with the readings that clients in the field need, and its schema.

use domain::{Millis, UserData};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, schema::Type},
};

/// Reads a value by a rule; what does not fit is refused as not being `what`.
fn value<'de, D: Deserializer<'de>, T>(
    from: D,
    what: &str,
    rule: impl FnOnce(Value) -> Option<T>,
) -> Result<T, D::Error> {
    rule(Value::deserialize(from)?)
        .ok_or_else(|| D::Error::invalid_value(Unexpected::Other("another"), &what))
}

/// A truth value; clients also send it as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        value(from, "true or false", |value| match value {
            Value::Bool(flag) => Some(Self(flag)),
            Value::String(text) if text == "true" => Some(Self(true)),
            Value::String(text) if text == "false" => Some(Self(false)),
            _ => None,
        })
    }
}

impl PartialSchema for Flag {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["true", "false"]));
        OneOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::Boolean))
            .item(text)
            .description(Some("A truth value, or the same as a text."))
            .into()
    }
}

impl ToSchema for Flag {}

/// What a URI or a path names.
pub(super) fn last_segment(uri: &str) -> &str {
    last_parts(uri).0
}

/// The last segment of an address and the one before it, whatever follows a question mark.
pub(super) fn last_parts(address: &str) -> (&str, &str) {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.trim_end_matches('/').rsplit('/');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Whether a flag is set that may be left out.
pub fn is_set(flag: Option<Flag>, default: bool) -> bool {
    flag.map_or(default, |Flag(on)| on)
}

/// A whole number that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole(pub u64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        value(from, "a whole number", |value| value.as_u64().map(Self))
    }
}

/// A list of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = |item| if let Value::String(text) = item { Some(text) } else { None };
        value(from, "an array of strings", |value| match value {
            Value::Array(items) => items.into_iter().map(text).collect::<Option<_>>().map(Self),
            _ => None,
        })
    }
}

/// Pairs of user data: text keys with any values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs(pub UserData);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        value(from, "an object", |value| match value {
            Value::Object(pairs) => Some(Self(UserData::new(pairs))),
            _ => None,
        })
    }
}

/// The kind that a message counts as: `Normal`. Only such ones are carried here, so `System` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreatAs;

impl<'de> Deserialize<'de> for TreatAs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match &*String::deserialize(from)? {
            "Normal" => Ok(Self),
            "System" => Err(D::Error::custom("'treatAs' System is not supported")),
            _ => Err(D::Error::custom("'treatAs' is neither 'Normal' nor 'System'")),
        }
    }
}

impl PartialSchema for TreatAs {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["Normal"])).into()
    }
}

impl ToSchema for TreatAs {}

/// How phones work here (spec: core-and-voice#4.3): `AutoIn`, for an agent who has ended a call is ready again
/// automatically, at once or after the queue's time for work after a call. An empty text counts as left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkMode;

impl<'de> Deserialize<'de> for WorkMode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match &*String::deserialize(from)? {
            "" | "AutoIn" => Ok(Self),
            "ManualIn" => Err(D::Error::custom("'workmode' ManualIn is not supported")),
            _ => Err(D::Error::custom("'workmode' is neither 'AutoIn' nor 'ManualIn'")),
        }
    }
}

impl PartialSchema for WorkMode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["AutoIn"])).into()
    }
}

impl ToSchema for WorkMode {}

/// The longest time for work after a call that can be asked for, in seconds: a day.
const LONGEST_WRAP_UP: u64 = 86_400;

/// How long work after a call should last (spec: admin-and-reporting#7.5), in milliseconds; on the wire seconds, as a
/// number or as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapUpTime(pub Millis);

impl<'de> Deserialize<'de> for WrapUpTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let seconds = |value| match value {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64(),
        };
        let what = format!("a number of seconds up to {LONGEST_WRAP_UP}");
        value(from, &what, |value| {
            let seconds = seconds(value).filter(|seconds| *seconds <= LONGEST_WRAP_UP)?;
            Millis::try_from(seconds * 1_000).ok().map(Self)
        })
    }
}

impl PartialSchema for WrapUpTime {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(0))
            .maximum(usize::try_from(LONGEST_WRAP_UP).ok());
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^\s*[0-9]+\s*$"));
        OneOfBuilder::new().item(number).item(text).description(Some("Seconds, up to a day.")).into()
    }
}

impl ToSchema for WrapUpTime {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;
    use serde::de::DeserializeOwned;
    use serde_json::json;

    #[derive(Deserialize)]
    struct Asked<T> {
        it: T,
    }

    fn read<T: DeserializeOwned>(it: &Value) -> Result<T, String> {
        let body = Body::parse(json!({"it": it}).to_string().as_bytes()).expect("a body");
        body.read::<Asked<T>>().map(|asked| asked.it).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn each_kind_is_read_as_leniently_as_clients_need_and_refused_by_its_name() {
        let flags = [(json!(true), true), (json!("true"), true), (json!("false"), false)];
        for (given, on) in flags {
            assert_eq!(read(&given), Ok(Flag(on)));
        }
        for wrong in [json!("yes"), json!(1), json!("True"), json!([])] {
            assert_eq!(read::<Flag>(&wrong), Err("'it' is not true or false".into()));
        }
        assert_eq!(read(&json!(7)), Ok(Whole(7)));
        for wrong in [json!(-1), json!(1.5), json!("7"), json!({})] {
            assert_eq!(read::<Whole>(&wrong), Err("'it' is not a whole number".into()));
        }
        assert_eq!(read(&json!(["a", "b"])), Ok(Texts(vec!["a".into(), "b".into()])));
        for wrong in [json!("a"), json!(["a", 7]), json!([null])] {
            assert_eq!(read::<Texts>(&wrong), Err("'it' is not an array of strings".into()));
        }
        let pairs = json!({"a": null, "b": [1.5, -2, {"c": true}], "": "x"});
        assert_eq!(read::<Pairs>(&pairs).map(|Pairs(data)| json!(data)), Ok(pairs));
        for wrong in [json!([]), json!("x")] {
            assert_eq!(read::<Pairs>(&wrong), Err("'it' is not an object".into()));
        }
        assert_eq!(read::<Option<Flag>>(&Value::Null), Ok(None));
        assert_eq!(read::<Flag>(&Value::Null), Err("Required parameter 'it' is missing".into()));
    }

    #[test]
    fn seconds_are_read_from_numbers_and_texts_up_to_a_day() {
        for (given, seconds) in [(json!(0), 0), (json!(" 20 "), 20), (json!(86_400), 86_400)] {
            assert_eq!(read(&given), Ok(WrapUpTime(seconds * 1_000)));
        }
        for wrong in [json!(86_401), json!("-1"), json!(1.5), json!("soon"), json!([])] {
            let why = "'it' is not a number of seconds up to 86400";
            assert_eq!(read::<WrapUpTime>(&wrong), Err(why.into()));
        }
    }

    #[test]
    fn words_that_cannot_be_honoured_are_refused_by_name() {
        assert_eq!(read(&json!("Normal")), Ok(TreatAs));
        assert_eq!(read::<TreatAs>(&json!("System")), Err("'treatAs' System is not supported".into()));
        assert_eq!(read::<TreatAs>(&json!(7)), Err("'it' is not a string".into()));
        assert_eq!(read(&json!("")), Ok(WorkMode));
        assert_eq!(read::<WorkMode>(&json!("ManualIn")), Err("'workmode' ManualIn is not supported".into()));
    }
}
