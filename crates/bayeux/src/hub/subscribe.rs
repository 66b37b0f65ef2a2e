//! Subscribing and unsubscribing (spec: bayeux-conformance#39–50).

use crate::channel::{self, ChannelKind};
use crate::message::RequestMessage;
use crate::reply::Reply;
use crate::{ClientId, RequestContext, Subscriptions, text};

use super::Hub;

impl Hub {
    /// The names are taken in order; the first that fails fails the reply, those before it stay
    /// subscribed (spec: bayeux-conformance#40).
    pub(super) fn subscribe(&mut self, message: RequestMessage, from: &RequestContext<'_>) -> Reply {
        let limit = self.config.max_subscriptions_per_session;
        self.change(message, from, |set, name| match channel::classify(name) {
            ChannelKind::Invalid => Err(text::SUBSCRIPTION_INVALID),
            ChannelKind::Meta => Err(text::META_DENIED),
            ChannelKind::Service => Ok(()),
            ChannelKind::Broadcast(name) if set.contains(name) => Ok(()),
            ChannelKind::Broadcast(name) if name != "/**" && !(from.may_subscribe)(name) => {
                Err(text::SUBSCRIBE_DENIED)
            }
            ChannelKind::Broadcast(_) if set.len() >= limit => Err(text::TOO_MANY_SUBSCRIPTIONS),
            ChannelKind::Broadcast(name) => {
                set.insert(name);
                Ok(())
            }
        })
    }

    /// A channel exists, for this session, when it is subscribed to it (spec: bayeux-conformance#49).
    pub(super) fn unsubscribe(&mut self, message: RequestMessage, from: &RequestContext<'_>) -> Reply {
        self.change(message, from, |set, name| match channel::classify(name) {
            ChannelKind::Invalid => Err(text::SUBSCRIPTION_INVALID),
            ChannelKind::Service => Ok(()),
            ChannelKind::Broadcast(name) if set.remove(name) => Ok(()),
            ChannelKind::Broadcast(_) | ChannelKind::Meta => Err(text::CHANNEL_MISSING),
        })
    }

    fn change(
        &mut self,
        message: RequestMessage,
        from: &RequestContext<'_>,
        apply: impl Fn(&mut Subscriptions, &str) -> Result<(), &'static str>,
    ) -> Reply {
        let Some(id) = self.find(&message, from) else {
            return Reply::unknown(message, from.now);
        };
        self.touch(&id, from.now);
        let names = message.subscription.as_ref().map_or(&[][..], |asked| asked.names());
        if names.is_empty() {
            return Reply::refused(message, from.now, text::SUBSCRIPTION_MISSING);
        }
        let Some(session) = self.sessions.get(&id) else {
            return Reply::unknown(message, from.now);
        };
        let mut set = Subscriptions::clone(&session.subscriptions);
        let result = names.iter().try_for_each(|name| apply(&mut set, name));
        if set != *session.subscriptions {
            self.replace(&id, set);
        }
        match result {
            Ok(()) => Reply::ok(message, from.now),
            Err(error) => Reply::refused(message, from.now, error),
        }
    }

    fn replace(&mut self, id: &ClientId, set: Subscriptions) {
        let shared = self.interner.share(set);
        if let Some(session) = self.sessions.get_mut(id) {
            session.subscriptions = shared;
            session.revision += 1;
        }
        self.save(id);
    }
}
