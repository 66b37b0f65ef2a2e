//! Places, and the phones that stand there: those of users, and those that are nobody's own
//! (spec: core-and-voice#4.4).

use crate::{auth::Caller, state::Api};
use domain::{
    call::Dn,
    command::Workplace,
    user::{Device, User},
};
use gws::Problem;

/// What a request names of where its sender wants to work.
#[derive(Clone, Copy, Debug)]
pub struct Named<'r> {
    place: Option<&'r str>,
    device: Option<&'r str>,
    number: Option<&'r str>,
}

impl<'r> Named<'r> {
    /// By its place, the path of its device, and its number. An empty text counts as left out.
    pub fn of(
        place: Option<&'r String>,
        device_path: Option<&'r String>,
        number: Option<&'r String>,
    ) -> Self {
        let device =
            given(device_path).map(|path| path.trim_end_matches('/').rsplit('/').next().unwrap_or(path));
        Self { place: given(place), device, number: given(number) }
    }

    fn is_device(&self, device: &Device) -> bool {
        self.device.is_none_or(|id| device.id == id)
            && self.number.is_none_or(|number| device.phone_number.as_str() == number)
    }
}

/// A text of a request, unless it is empty.
pub fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// Every phone with its place, if that has a name: those of users, by user name, then those at places.
pub fn all(api: &Api) -> Vec<(Option<String>, Device)> {
    let users = api.desk.directory().all();
    let owned = users.iter().filter_map(|user| Some((user.place.clone(), user.device.clone()?)));
    let centre = api.desk.centre();
    let places = centre.iter().flat_map(|centre| &centre.places);
    owned.chain(places.map(|(name, device)| (Some(name.clone()), device.clone()))).collect()
}

/// The place that is named; `None` if nothing is. At the user's own place it is their own phone, elsewhere the one that
/// stands there: where there are several, the request has to name one.
pub fn find(api: &Api, user: &User, named: Named<'_>) -> Result<Option<Workplace>, Problem> {
    let Named { place, device, number } = named;
    if place.is_none() && device.is_none() && number.is_none() {
        return Ok(None);
    }
    let is_own = place.is_some() && place == user.place.as_deref();
    let own = user.device.as_ref().filter(|own| named.is_device(own));
    if is_own && (own.is_some() || user.device.is_none() && device.is_none() && number.is_none()) {
        return Ok(Some(Workplace { name: place.map(str::to_owned), device: own.cloned() }));
    }
    let phones = all(api);
    if !phones.iter().any(|(_, device)| named.is_device(device)) {
        let (name, value) = match (device, number) {
            (Some(device), _) => ("devicePath", device),
            (None, number) => ("phoneNumber", number.unwrap_or_default()),
        };
        return Err(Problem::invalid(format!("'{name}' names no device of this contact center: '{value}'")));
    }
    let is_there = |name: &Option<String>| place.is_none() || name.as_deref() == place;
    let mut there = phones.into_iter().filter(|(name, device)| is_there(name) && named.is_device(device));
    match (there.next(), there.next()) {
        (Some((name, device)), None) => Ok(Some(Workplace { name, device: Some(device) })),
        (Some(_), Some(_)) => {
            Err(Problem::invalid("There are several devices at this 'place': 'devicePath' must name one"))
        }
        (None, _) => {
            let place = place.unwrap_or_default();
            Err(Problem::invalid(format!("'place' names none at which there is such a device: '{place}'")))
        }
    }
}

/// The phone at which a user works: their own, or another for the time of their session.
pub async fn worked_at(api: &Api, user: &User) -> Result<Option<Device>, Problem> {
    Ok(api.desk.agent(user).await?.device(user).cloned())
}

/// The phone at which the caller works, by its id.
pub async fn own(api: &Api, caller: &Caller, id: &str) -> Result<Device, Problem> {
    let found = worked_at(api, &caller.user).await?.filter(|device| device.id == id);
    found.ok_or_else(|| Problem::not_found(&format!("Device '{id}'")))
}

/// A phone of the centre by its number.
pub async fn numbered(api: &Api, dn: &Dn) -> Result<Option<Device>, Problem> {
    let owner = api.desk.device(dn).await?.owner.and_then(|owner| api.desk.directory().user(&owner));
    Ok(match owner {
        Some(owner) => owner.device.clone(),
        None => api.desk.centre().and_then(|centre| centre.phone(dn).cloned()),
    })
}
