//! Calls this phone makes.

use super::{
    events,
    handle::Call,
    leg::{Leg, Legs},
};
use crate::{
    Account, PhoneError, Say,
    line_shared::{LineShared, METHODS},
    media::CallAudio,
    target,
};
use rsipstack::{dialog::invitation::InviteOption, sip::Header};
use std::sync::Arc;

/// Sends the INVITE, always with an offer: the library's ACK carries no body.
pub(crate) async fn dial(
    (line, legs): (&Arc<LineShared>, &Arc<Legs>),
    account: &Account,
    number: &str,
    say: Say,
    headers: &[(&str, &str)],
) -> Result<Call, PhoneError> {
    let to = target::target(number, line.server, line.transport)?;
    let mut all = vec![
        Header::Allow(METHODS.map(|method| method.to_string()).join(", ").into()),
        Header::Other("Allow-Events".into(), "talk, hold".into()),
    ];
    all.extend(target::headers(headers)?);
    let voice = CallAudio::open(line, say).await?;
    let (states, events) = line.dialogs.new_dialog_state_channel();
    let option = InviteOption {
        caller_display_name: account.display.clone(),
        caller: target::uri(&account.user, line.server, line.transport),
        callee: to.uri,
        destination: Some(to.destination),
        content_type: Some("application/sdp".to_owned()),
        offer: Some(voice.offer_again()),
        contact: line.contact(&account.user),
        credential: account.credential(),
        headers: Some(all),
        ..InviteOption::default()
    };
    let (dialog, task) = line.dialogs.do_invite_async(option, states)?;
    let leg = Leg::new((line, legs), dialog, voice);
    tokio::spawn(events::follow(leg.clone(), events, None));
    let waiting = leg.clone();
    tokio::spawn(async move { events::invited(&waiting, task.await).await });
    Ok(Call::made(leg))
}
