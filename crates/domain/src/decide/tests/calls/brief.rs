//! What happened to a call, and what the switch is asked, as lines that a rule can be compared with. Parties and legs
//! go by the number of the leg.

use crate::{
    call::{Fact, HeardBy, LegCommand, Playback, SwitchCommand, Who},
    decide::tests::brief::{closer_word, until, with, word},
    watch::PartyWatch,
};

/// One event of a call in few words.
pub fn call(fact: &Fact, queue: &str) -> String {
    match fact {
        Fact::Began { kind, from, dialled, .. } => {
            format!("began {} {} -> {dialled}", kind.as_str(), from.number)
        }
        Fact::Joined {
            leg, who, dn, state, answers, deadline, carrier, handover, watch, request, ..
        } => format!(
            "{leg} {} {dn} {}{}{}{}{}{}{}",
            match who {
                Who::Outside => "outside",
                Who::Phone => "phone",
                Who::User { name, .. } => name,
            },
            state.as_str(),
            if *answers { " answers" } else { "" },
            deadline.map(|deadline| format!(" until {deadline}")).unwrap_or_default(),
            carrier.map(|leg| format!(" on {leg}")).unwrap_or_default(),
            handover.map(|handover| format!(" from {}", handover.from)).unwrap_or_default(),
            watch.map(|watch| format!(" {}", follows(watch))).unwrap_or_default(),
            request.map(|request| format!(" of request {request}")).unwrap_or_default(),
        ),
        Fact::Requested { request, line, help, asks, deadline, .. } => {
            format!("request {request} {} of line {line} in {asks} until {deadline}", help.as_str())
        }
        Fact::RequestEnded { request, closer, why, .. } => {
            let why = why.map(|why| format!(" {why:?}").to_lowercase()).unwrap_or_default();
            format!("request {request} ended by {}{why}", closer_word(*closer))
        }
        Fact::Watching { leg, watch } => format!("{leg} {}", follows(*watch)),
        Fact::Silenced { leg, on, .. } => format!("{leg} {}", if *on { "silenced" } else { "heard again" }),
        Fact::LineBegan { line, uuid, by, dialled, purpose, .. } => {
            format!("line {line} {uuid} of {by} -> {dialled} for {purpose:?}").to_lowercase()
        }
        Fact::Moved { leg, line, origin, handover, carrier } => {
            let from = handover.map(|handover| format!(" from {}", handover.from)).unwrap_or_default();
            let carrier = carrier.map(|carrier| format!(" on {carrier}")).unwrap_or_default();
            format!("{leg} moved to {line} as {origin:?}{from}{carrier}").to_lowercase()
        }
        Fact::Queued { since, overflow_at, .. } => {
            let late = overflow_at.map(|at| format!(" until {at}")).unwrap_or_default();
            format!("queued {queue} since {since}{late}")
        }
        Fact::Overflowed { why, announcement } => {
            let to = announcement.as_ref().map(|prompt| format!(" to {prompt}")).unwrap_or_default();
            format!("overflowed {why:?}").to_lowercase() + &to
        }
        Fact::LegUp { leg } => format!("{leg} up"),
        Fact::Established { leg } => format!("{leg} Established"),
        Fact::AnswerAsked { leg, deadline } => format!("{leg} asked to answer until {deadline}"),
        Fact::HoldAsked { leg, on } => format!("{leg} asked to {}", if *on { "hold" } else { "go on" }),
        Fact::Held { leg, parked } => format!("{leg} {}", if *parked { "parked" } else { "Held" }),
        Fact::Muted { leg, on } => format!("{leg} {}", if *on { "muted" } else { "unmuted" }),
        Fact::Refused { leg, operation, code } => format!("{leg} refused {operation:?} {code}"),
        Fact::Released { leg, closer, cause, code, talked, dispositioned, barred_until, .. } => format!(
            "{leg} Released by {} {}{}{}{}{}",
            closer_word(*closer),
            cause.as_str(),
            code.map(|code| format!(" {code}")).unwrap_or_default(),
            if *talked { " talked" } else { "" },
            until(*barred_until),
            with(*dispositioned),
        ),
        Fact::DataChanged { set, removed, via, .. } => {
            let set = set.pairs().keys().map(|key| format!(" +{key}"));
            let removed = removed.iter().map(|key| format!(" -{key}"));
            format!("data{} via {}", set.chain(removed).collect::<String>(), via.as_str())
        }
        Fact::Disposition { agent, key, value, previous, via, late, known, .. } => format!(
            "disposition {key}={} was {} by {agent} via {}{}{}",
            word(value),
            word(previous),
            via.as_str(),
            if *late { " late" } else { "" },
            if *known { "" } else { " unknown" },
        ),
        Fact::Ended { closer, dispositioned, abandoned } => format!(
            "ended by {}{}{}",
            closer_word(*closer),
            with(*dispositioned),
            if *abandoned { " abandoned" } else { "" }
        ),
        Fact::UserEvent { leg, agent, call_uuid, .. } => format!("{leg} event of {agent} for {call_uuid}"),
        Fact::Absorbed { call, .. } => format!("absorbed {}", call.id),
        Fact::AbsorbedInto { into, closer } => format!("absorbed into {into} by {}", closer_word(*closer)),
        Fact::Erased => "erased".into(),
    }
}

fn follows(watch: PartyWatch) -> String {
    let steps = if watch.stepped_in { " in it" } else { "" };
    let hidden = if watch.hidden { " hidden" } else { "" };
    format!("follows {} {}{steps}{hidden}", watch.target, watch.monitoring.as_str())
}

/// One effect in few words.
pub fn effect(effect: &SwitchCommand) -> String {
    // A leg of another call than the room's has come with that.
    let leg = match &effect.act {
        LegCommand::Join(room, _) if room.call != effect.leg.call => effect.leg.to_string(),
        _ => effect.leg.number.to_string(),
    };
    match &effect.act {
        LegCommand::Originate(call) => {
            let auto = if call.auto_answer { " auto" } else { "" };
            format!("{leg} call {} as {}{auto}", call.to, call.from.number)
        }
        LegCommand::Ring => format!("{leg} ring"),
        LegCommand::Answer => format!("{leg} answer"),
        LegCommand::Release(cause) => format!("{leg} release {}", cause.as_str()),
        LegCommand::Join(room, HeardBy::Everyone) => format!("{leg} join {}", room.line),
        LegCommand::Join(room, HeardBy::One(other)) => {
            format!("{leg} join {} for {}", room.line, other.number)
        }
        LegCommand::Join(room, HeardBy::Nobody) => format!("{leg} join {} for nobody", room.line),
        LegCommand::Part(Playback::Prompt(name)) => format!("{leg} hears prompt {name}"),
        LegCommand::Part(alone) => format!("{leg} hears {alone:?}").to_lowercase(),
        LegCommand::HoldPhone(on) => format!("{leg} phone {}", if *on { "hold" } else { "go on" }),
        LegCommand::Mute(on) => format!("{leg} {}", if *on { "mute" } else { "unmute" }),
        LegCommand::Referred(None) => format!("{leg} referred"),
        LegCommand::Referred(Some(why)) => format!("{leg} not referred {}", why.as_str()),
        LegCommand::Dtmf(digits) => format!("{leg} tones {digits}"),
    }
}
