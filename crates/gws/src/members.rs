//! Typed requests out of the members of a body. What is missing or of a wrong type is refused by its name, in the order
//! in which the request declares its members; members that it does not declare are ignored.

use domain::Refusal;
use serde::{
    Deserialize,
    de::{
        DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
        value::{MapDeserializer, SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};
use std::fmt::{self, Display};

/// Reads a request. `null` counts as absent (spec: decisions#8).
pub fn read<'de, T: Deserialize<'de>>(members: &'de Map<String, Value>) -> Result<T, Refusal> {
    match T::deserialize(Members(members)) {
        Ok(request) => Ok(request),
        Err(Unread::Refused(refusal)) => Err(refusal),
        Err(Unread::NotA(what)) => Err(Refusal::Invalid(format!("The body is not {what}"))),
    }
}

/// Why a request could not be read.
#[derive(Debug)]
enum Unread {
    /// A member is not such a thing; whoever knows its name completes the sentence.
    NotA(String),
    /// The refusal, complete.
    Refused(Refusal),
}

impl Unread {
    fn named(self, name: &str) -> Self {
        match self {
            Self::NotA(what) => Self::Refused(Refusal::Invalid(format!("'{name}' is not {what}"))),
            refused @ Self::Refused(_) => refused,
        }
    }
}

impl Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotA(what) => write!(f, "is not {what}"),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for Unread {}

impl Error for Unread {
    fn custom<T: Display>(sentence: T) -> Self {
        Self::Refused(Refusal::Invalid(sentence.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::NotA(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::NotA(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::NotA(format!("one of {}", expected.join(", ")))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Refused(Refusal::Missing(name))
    }
}

/// The members of an object, from which a struct takes those that it declares.
struct Members<'de>(&'de Map<String, Value>);

impl<'de> Deserializer<'de> for Members<'de> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let members =
            self.0.iter().map(|(name, value)| (name.as_str(), Member { name: "", value: Some(value) }));
        visitor.visit_map(MapDeserializer::new(members))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        declared: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_map(Declared { members: self.0, names: declared.iter(), next: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The members that a struct declares, one after the other, whether they are there or not.
struct Declared<'de> {
    members: &'de Map<String, Value>,
    names: std::slice::Iter<'static, &'static str>,
    next: Option<Member<'de>>,
}

impl<'de> MapAccess<'de> for Declared<'de> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unread> {
        let Some(name) = self.names.next() else { return Ok(None) };
        let value = self.members.get(*name).filter(|value| !value.is_null());
        self.next = Some(Member { name, value });
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let member =
            self.next.take().ok_or_else(|| Unread::custom("A value was asked for before its name"))?;
        let name = member.name;
        seed.deserialize(member).map_err(|why| why.named(name))
    }
}

/// One member: its value, or that there is none.
#[derive(Clone, Copy)]
struct Member<'de> {
    name: &'static str,
    value: Option<&'de Value>,
}

impl<'de> Member<'de> {
    const fn part(value: &'de Value) -> Self {
        Self { name: "", value: Some(value) }
    }
}

impl<'de> IntoDeserializer<'de, Unread> for Member<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Member<'de> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.value {
            None => Err(Unread::missing_field(self.name)),
            Some(Value::Null) => visitor.visit_unit(),
            Some(Value::Bool(flag)) => visitor.visit_bool(*flag),
            Some(Value::String(text)) => visitor.visit_borrowed_str(text),
            Some(Value::Number(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(whole), ..) => visitor.visit_u64(whole),
                (None, Some(whole), _) => visitor.visit_i64(whole),
                (None, None, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Some(Value::Array(items)) => {
                visitor.visit_seq(SeqDeserializer::new(items.iter().map(Member::part)))
            }
            Some(Value::Object(members)) => Members(members).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.value {
            None | Some(Value::Null) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        declared: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        match self.value {
            Some(Value::Object(members)) => Members(members).deserialize_struct(name, declared, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    /// A word out of a few.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        match self.value {
            Some(Value::String(word)) => visitor.visit_enum(StrDeserializer::new(word)),
            Some(_) => Err(Unread::NotA("a string".to_owned())),
            None => Err(Unread::missing_field(self.name)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        first_name: String,
        note: Option<String>,
        second: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Word {
        This,
        That,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        word: Option<Word>,
        inner: Option<Asked>,
    }

    #[test]
    fn words_are_read_by_name_and_what_is_wrong_within_an_object_is_told_by_its_own_name() {
        let outer = |body: &Value| {
            let members = body.as_object().expect("an object");
            read(members).map_err(|refusal: Refusal| refusal.to_string())
        };
        let that = Outer { word: Some(Word::That), inner: None };
        assert_eq!(outer(&json!({"word": "That", "inner": null})), Ok(that));
        for (body, why) in [
            (json!({"word": "Those"}), "'word' is not one of This, That"),
            (json!({"word": ""}), "'word' is not one of This, That"),
            (json!({"word": 7}), "'word' is not a string"),
            (json!({"inner": {"firstName": 7}}), "'firstName' is not a string"),
            (json!({"inner": {"firstName": null}}), "Required parameter 'firstName' is missing"),
        ] {
            assert_eq!(outer(&body), Err(why.to_owned()), "{body}");
        }
    }

    fn asked(body: &Value) -> Result<Asked, String> {
        let members = body.as_object().expect("an object");
        read(members).map_err(|refusal: Refusal| refusal.to_string())
    }

    #[test]
    fn members_are_read_by_their_names_and_others_are_ignored() {
        let found = asked(&json!({"second": "b", "firstName": "a", "note": null, "more": [1, {"x": null}]}));
        assert_eq!(found, Ok(Asked { first_name: "a".into(), note: None, second: "b".into() }));
    }

    #[test]
    fn the_first_declared_member_that_is_wrong_is_the_one_that_is_told() {
        for (body, why) in [
            (json!({"second": 7}), "Required parameter 'firstName' is missing"),
            (json!({"second": 7, "firstName": null}), "Required parameter 'firstName' is missing"),
            (json!({"second": 7, "firstName": "a"}), "'second' is not a string"),
            (json!({"second": 7, "firstName": "a", "note": []}), "'note' is not a string"),
            (json!({"second": "b", "firstName": {}}), "'firstName' is not a string"),
        ] {
            assert_eq!(asked(&body), Err(why.to_owned()), "{body}");
        }
    }
}
