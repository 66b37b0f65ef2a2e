//! Sound of two hundred conferences of three: what mixing costs, by the example of the engine.

use super::relay;
use crate::setting::Setting;
use serde_json::Value;

const CONFERENCES: usize = 200;
const PARTIES: usize = 3;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    relay::run(setting, CONFERENCES, PARTIES)
}
