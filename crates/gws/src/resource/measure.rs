//! What a text would cost on its way (spec: channel-connectors#1C).

use serde::Serialize;
use utoipa::ToSchema;

/// What a text would cost, and whether it could be sent now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// The alphabet it is carried in; `Unicode` on a medium that does not count.
    pub alphabet: String,
    /// Its length in units of that alphabet.
    pub length: usize,
    /// In how many parts it is carried.
    pub parts: usize,
    /// How much still fits into the last part, on a medium that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
    /// The most parts there may be, on a medium that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parts: Option<usize>,
    /// How long a text of that alphabet may be, in its units, on a medium that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// Its length in characters.
    pub characters: usize,
    /// The most characters there may be; null where nothing is said of them.
    #[schema(required)]
    pub max_characters: Option<u32>,
    /// Whether it is too long to be sent.
    pub too_long: bool,
    /// Whether the customer may be written to now.
    pub window_open: bool,
}
