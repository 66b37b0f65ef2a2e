//! A place that a customer sends, as providers of `WhatsApp` tell it.

use super::form::{SmsForm, Undecodable};
use domain::json::Bound;

/// The longest number of degrees, as it is written.
const MAX_DEGREES: Bound = Bound::chars(32);
/// The longest name and address of a place.
const MAX_LINE: Bound = Bound::chars(1024);

/// A place. It has coordinates, a name or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// Degrees north of the equator and east of Greenwich, as they were written.
    pub coordinates: Option<(String, String)>,
    /// Its name.
    pub label: Option<String>,
    /// Its address, in words.
    pub address: Option<String>,
}

impl Location {
    /// The place of a form, if it tells one.
    pub(super) fn read(form: &SmsForm) -> Result<Option<Self>, Undecodable> {
        let latitude = form.shortened("Latitude", MAX_DEGREES)?;
        let place = Self {
            coordinates: latitude.zip(form.shortened("Longitude", MAX_DEGREES)?),
            label: form.shortened("Label", MAX_LINE)?,
            address: form.shortened("Address", MAX_LINE)?,
        };
        Ok((place != Self::default()).then_some(place))
    }

    /// The text that an agent reads: `[location] 52.5162, 13.3777: Brandenburg Gate, Pariser Platz`.
    pub(super) fn words(&self) -> String {
        let degrees =
            self.coordinates.as_ref().map(|(latitude, longitude)| format!("{latitude}, {longitude}"));
        let named: Vec<&str> =
            [&self.label, &self.address].into_iter().flatten().map(String::as_str).collect();
        let named = Some(named.join(", ")).filter(|named| !named.is_empty());
        let told: Vec<String> = degrees.into_iter().chain(named).collect();
        format!("[location] {}", told.join(": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(form: &str) -> Option<String> {
        Location::read(&SmsForm::read(form.as_bytes())).expect("a form").as_ref().map(Location::words)
    }

    #[test]
    fn a_place_is_told_by_all_that_is_known_of_it() {
        for (form, told) in [
            ("Latitude=52.5&Longitude=-13.3", "[location] 52.5, -13.3"),
            (
                "Latitude=52.5&Longitude=13.3&Label=Gate&Address=Platz+1",
                "[location] 52.5, 13.3: Gate, Platz 1",
            ),
            ("Label=Gate", "[location] Gate"),
        ] {
            assert_eq!(words(form).as_deref(), Some(told), "{form}");
        }
        for form in ["", "Latitude=&Longitude=", "Latitude=1"] {
            assert_eq!(words(form), None, "{form}");
        }
    }
}
