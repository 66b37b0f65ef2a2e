//! Time and chance, behind ports so that tests can hold them still.

use domain::{InteractionId, Millis, message::ParticipantId};

/// The time of day.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since 1970.
    fn now(&self) -> Millis;
}

/// Fresh ids and secrets.
pub trait Ids: Send + Sync + 'static {
    /// A conversation's id: 16 characters (spec: digital-channels#1.6).
    fn session(&self) -> InteractionId;
    /// A participant's id: 16 upper-case hex digits (spec: digital-channels#1.6).
    fn participant(&self) -> ParticipantId;
    /// A secret of 128 bits or more, in lower-case hex.
    fn secret(&self) -> String;
    /// A GUID.
    fn guid(&self) -> String;
    /// A call's id and UUID: 32 characters of 0-9 and A-Z (spec: core-and-voice#5.1).
    fn call(&self) -> InteractionId {
        InteractionId::new(self.secret().to_uppercase())
    }
    /// A call's connection id: 16 hex digits (spec: core-and-voice#5.1).
    fn connection(&self) -> String {
        let mut secret = self.secret();
        secret.truncate(16);
        secret
    }
}
