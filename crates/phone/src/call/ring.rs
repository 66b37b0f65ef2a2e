//! Calls that come in.

use super::{
    events,
    leg::{self, Leg, Legs},
    state::CallState,
};
use crate::{
    AnswerMode,
    answer::asks_for_answer,
    line_shared::{LineShared, METHODS},
    media::CallAudio,
    phone::Desk,
};
use rsipstack::{
    sip::{Header, StatusCode},
    transaction::transaction::Transaction,
};
use std::{sync::Arc, time::Duration};

/// Takes an INVITE: refuses it, rings, or answers. Returns when the call is confirmed or over.
pub(crate) async fn ring(
    line: &Arc<LineShared>,
    legs: &Arc<Legs>,
    desk: Arc<Desk>,
    mut tx: Transaction,
) -> rsipstack::Result<()> {
    let incoming = desk.incoming();
    if let AnswerMode::Refuse(code) = incoming.answer {
        let code = if (400..700).contains(&code) { code } else { leg::DECLINED };
        return tx.reply(StatusCode::from(code)).await;
    }
    let Ok(voice) = CallAudio::open(line, incoming.say.clone()).await else {
        return tx.reply(StatusCode::ServiceUnavailable).await;
    };
    // Without an offer ours goes into the 200, and the answer comes with the ACK.
    let offer = tx.original.body();
    let sdp = if offer.is_empty() { Some(voice.offer_again()) } else { voice.answer(offer) };
    let Some(sdp) = sdp else {
        let why = Header::Warning(r#"305 phone "Incompatible media format""#.into());
        return tx.reply_with(StatusCode::NotAcceptableHere, vec![why], None).await;
    };
    let answer = match incoming.answer {
        AnswerMode::Never => None,
        _ if asks_for_answer(&tx.original) => Some(Duration::ZERO),
        AnswerMode::AtOnce => Some(Duration::ZERO),
        AnswerMode::After(wait) => Some(wait),
        AnswerMode::Manual | AnswerMode::Refuse(_) => None,
    };
    let (states, events) = line.dialogs.new_dialog_state_channel();
    let contact = line.contact(&desk.account.user);
    let credential = desk.account.credential();
    let mut dialog = line.dialogs.get_or_create_server_invite(&tx, states, credential, Some(contact))?;
    let leg = Leg::new((line, legs), dialog.clone(), voice);
    if answer != Some(Duration::ZERO) {
        dialog.ringing(
            Some(vec![understood(), Header::Other("Allow-Events".into(), "talk, hold".into())]),
            None,
        )?;
        leg.becomes(CallState::Ringing);
    }
    desk.came(leg.clone());
    let deaf = incoming.answer == AnswerMode::Never;
    tokio::spawn(answers(leg.clone(), sdp, answer, deaf));
    tokio::spawn(events::follow(leg.clone(), events, incoming.hang_up_after));
    drop(desk);
    let outcome = dialog.handle(&mut tx).await;
    events::handled(&leg);
    outcome
}

/// Waits for the reason to answer, and answers.
async fn answers(leg: Arc<Leg>, sdp: Vec<u8>, after: Option<Duration>, deaf: bool) {
    let time = async {
        match after {
            Some(wait) => tokio::time::sleep(wait).await,
            None => std::future::pending().await,
        }
    };
    let told = async {
        leg.talk.notified().await;
        if deaf {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = leg.ended() => return,
        () = told => {}
        () = time => {}
    }
    if let Err(why) = leg.dialog.accept(Some(vec![understood(), leg::sdp_type()]), Some(sdp)) {
        tracing::debug!(%why, "a phone could not answer");
    }
}

fn understood() -> Header {
    Header::Allow(METHODS.map(|method| method.to_string()).join(", ").into())
}
