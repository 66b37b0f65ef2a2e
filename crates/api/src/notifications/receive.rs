//! The messages of clients, and what becomes of their sessions when a login ends.

use super::hub::{millis, persist};
use crate::{
    auth::{ADMINS, CARERS, Caller, Ending, Login},
    state::Api,
};
use bayeux::{Admission, BatchRefused, Fresh, MessageAnswer, RequestMessage, Transport, without_login};
use desk::ports::StoreFault;

/// The cookie that tells one browser's sessions from another's.
pub const BROWSER_COOKIE: &str = "BAYEUX_BROWSER";

/// Ends the notification sessions of a login that has ended. If its client ended it, they still hear what there is, the
/// logout for instance.
pub async fn login_ended(api: &Api, login: &Login, how: Ending) {
    let changes = {
        let mut hub = api.notifications.hub();
        hub.end_login(login.user.as_str(), &login.key, how == Ending::Requested);
        hub.take_changes()
    };
    api.notifications.release();
    if let Err(fault) = persist(&api.desk, changes).await {
        tracing::error!(%fault, "notification sessions that ended could not be written");
    }
}

/// Hands a batch to the hub and writes down what it changed, before anything is answered.
pub(super) async fn receive(
    api: &Api,
    caller: &Caller,
    browser: Option<&str>,
    vouched: bool,
    transport: Transport,
    batch: Vec<RequestMessage>,
) -> Result<Result<Vec<MessageAnswer>, BatchRefused>, StoreFault> {
    let now = api.desk.now();
    let first = batch.first().and_then(|message| message.channel.as_deref());
    edge::span::operation(first.filter(|channel| channel.starts_with("/meta/")).unwrap_or("publish"));
    let handshake = batch.first().is_some_and(RequestMessage::is_handshake);
    let may_subscribe = |channel: &str| may_subscribe(api, caller, channel);
    let outcome = {
        let from = bayeux::RequestContext {
            principal: caller.user.id.as_str().into(),
            login: Some(caller.login.key.clone()),
            browser,
            vouched,
            transport,
            now: millis(now),
            start: if handshake {
                api.desk.mailboxes().of(&caller.user.id).start(api.desk.awake())
            } else {
                0
            },
            head: api.desk.mailboxes().of(&caller.user.id).head(),
            fresh: if handshake { fresh(api) } else { Fresh { session: 0, browser: 0 } },
            admission: Admission::Granted,
            may_subscribe: &may_subscribe,
        };
        let mut hub = api.notifications.hub();
        // Looked at while the hub is locked: after its end, nothing goes with a login any more.
        if !caller.login.is_live(&api.desk) {
            let replies = without_login(batch, millis(now));
            return Ok(Ok(replies.into_iter().map(MessageAnswer::Reply).collect()));
        }
        let outcome = hub.receive(batch, &from);
        (outcome, hub.take_changes())
    };
    api.notifications.release();
    let (answers, changes) = outcome;
    persist(&api.desk, changes).await?;
    Ok(answers)
}

/// Topics below `/v2/me`, the broadcasts, and wildcards that only ever match the user's own; topics about other users are
/// for those who lead them, and topics about all for those who lead all (spec: core-and-voice#3.2).
fn may_subscribe(api: &Api, caller: &Caller, channel: &str) -> bool {
    if channel.starts_with("/v2/queues") {
        return caller.user.has(CARERS);
    }
    let Some(of) = channel.strip_prefix("/v2/users") else { return true };
    let id = of.trim_start_matches('/').split('/').next().unwrap_or_default();
    if let Some(user) = api.desk.directory().user(&id.into()) {
        return caller.sees(api, &user);
    }
    let has_groups = api.desk.centre().is_some_and(|centre| !centre.agent_groups.is_empty());
    caller.user.has(if has_groups { ADMINS } else { CARERS })
}

fn fresh(api: &Api) -> Fresh {
    let random =
        || u128::from_str_radix(api.desk.ids().secret().get(..32).unwrap_or_default(), 16).unwrap_or(0);
    Fresh { session: random(), browser: random() }
}
