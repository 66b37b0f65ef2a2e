//! Every error text a client can see, in one place.
//!
//! Clients test only the number before the first colon, so the wording may follow one line of the
//! reference: here the 3.1 line where it answers at all, else the 5.0 line
//! (spec: bayeux-conformance#known-reference-differences).

/// The session is not known, or belongs to another user or browser (spec: bayeux-conformance#30, #31, #63).
pub const UNKNOWN_CLIENT: &str = "402::Unknown client";
/// A handshake the host or a limit refused (spec: bayeux-conformance#20).
pub const HANDSHAKE_DENIED: &str = "403::handshake_denied";
/// A subscribe or unsubscribe that names no channel (spec: bayeux-conformance#41).
pub const SUBSCRIPTION_MISSING: &str = "403::subscription_missing";
/// A subscription to something that is no channel name (spec: bayeux-conformance#41, #46).
pub const SUBSCRIPTION_INVALID: &str = "403::subscription_invalid";
/// A subscription to a meta channel (spec: bayeux-conformance#42).
pub const META_DENIED: &str = "403:denied_by_security_policy:create_denied";
/// A subscription the host's policy refused (spec: bayeux-conformance#50).
pub const SUBSCRIBE_DENIED: &str = "403:denied_by_security_policy:subscribe_denied";
/// More subscriptions than `Config::max_subscriptions_per_session` (spec: bayeux-conformance#50: the others stay).
pub const TOO_MANY_SUBSCRIPTIONS: &str = "403:too_many_subscriptions:subscribe_denied";
/// A message without a channel, or an unsubscribe from a channel not subscribed to (spec: bayeux-conformance#49, #54).
pub const CHANNEL_MISSING: &str = "400::channel_missing";
/// A message whose channel does not start with a slash (spec: bayeux-conformance#54).
pub const CHANNEL_INVALID: &str = "405::channel_invalid";
/// A publish: clients only listen (spec: bayeux-conformance#54).
pub const PUBLISH_DENIED: &str = "403:denied_by_security_policy:publish_denied";
