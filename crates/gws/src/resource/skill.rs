//! Skills (spec: admin-and-reporting#2.2). A level is a text on the wire (spec: client-requirements#12).

use crate::links::Links;
use domain::user::User;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A skill, of a user or by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Skill {
    /// Drawn from the name: 32 hexadecimal digits.
    pub id: String,
    /// The name.
    name: String,
    /// How well a user has it, as a text; `"0"` for a skill by itself.
    #[schema(example = "10")]
    level: String,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// The id of a skill, drawn from its name: skills have names, not numbers.
pub fn skill_id(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(16).fold(String::new(), |id, byte| id + &format!("{byte:02x}"))
}

/// A skill by itself; its level means nothing.
pub fn skill_definition(links: &Links, name: &str) -> Skill {
    skill(links, name, 0, format!("/skills/{}", skill_id(name)))
}

/// A skill of a user, with how well they have it.
pub fn user_skill(links: &Links, user: &User, name: &str, level: u8) -> Skill {
    skill(links, name, level, format!("/users/{}/skills/{}", user.id, skill_id(name)))
}

fn skill(links: &Links, name: &str, level: u8, path: String) -> Skill {
    Skill { id: skill_id(name), name: name.to_owned(), level: level.to_string(), uri: links.uri(&path), path }
}
