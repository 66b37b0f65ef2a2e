//! Simulated customers: they come, say what they want, answer, wait, lose patience, leave.

use crate::{
    centre::{AGENTS, MEDIUM, SERVICE},
    chance::Chance,
    dialogue::{CUSTOMERS, DIALOGUES, Dialogue, IMPATIENCE, STEPS_IN, THANKS},
    staff::{FIRST, guests},
};
use desk::{Desk, Refused, routing::WaitingItem, session_of};
use domain::{
    Command, InteractionId, UserData,
    command::{CustomerAct, Open},
    message::{Content, PartyKind},
    session::{EndedBy, Session},
};
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet, time::Instant};

/// How many the staff serves at once.
const STAFF: usize = (AGENTS - FIRST + 1) as usize;
/// The most at once while no person is at work.
const MOST: usize = 2 * STAFF;
/// Time before an arrival, in milliseconds: an agent who has become free is ready by then.
const ARRIVAL: Range<u64> = 300..900;
/// How long a sentence takes to type, in milliseconds.
const TYPING: Range<u64> = 2_000..6_000;
/// How long a customer waits for an agent before they give up, in milliseconds: longer than it takes to read about
/// them.
const PATIENCE: Range<u64> = 600_000..900_000;
/// After this long in the queue they ask whether anyone is there.
const RESTLESS: Duration = Duration::from_secs(45);
/// How long they stay when the agent has stopped talking.
const LEFT_HANGING: Duration = Duration::from_secs(900);
/// How long they stay after their last words when nobody answers them.
const LINGER: Duration = Duration::from_secs(60);
/// How long the agent has at most to be done, after a customer has left, before another comes.
const SEEN_OFF: Duration = Duration::from_secs(15);
/// How long to wait at most before looking again.
const LOOK: Duration = Duration::from_secs(5);
/// User data that marks a simulated customer.
pub(crate) const MARK: &str = "Simulated";

/// Sends customers in, for as long as it is polled. `seen` is called now and then for each who is still there, so
/// that whoever looks after silent customers does not take them for gone.
pub async fn customers(desk: Arc<Desk>, seen: impl Fn(&InteractionId) + Send + Sync + 'static) {
    let seen: Arc<Seen> = Arc::new(seen);
    send_home(&desk).await;
    let mut chance = Chance::new(desk.ids());
    let mut visits = JoinSet::new();
    let mut head = desk.head();
    loop {
        while visits.try_join_next().is_some() {}
        head.mark_unchanged();
        if !is_wanted(&desk, visits.len()).await {
            // Whenever somebody leaves, is taken or gets ready, the journal grows.
            let _ = tokio::time::timeout(LOOK, head.changed()).await;
            continue;
        }
        tokio::time::sleep(chance.moment(ARRIVAL)).await;
        if !is_wanted(&desk, visits.len()).await {
            continue;
        }
        let (Some(dialogue), Some(who)) = (chance.pick(&DIALOGUES), chance.pick(&CUSTOMERS)) else {
            continue;
        };
        let visit = Visit {
            seen: seen.clone(),
            desk: desk.clone(),
            head: desk.head(),
            chance: Chance::new(desk.ids()),
            dialogue,
        };
        visits.spawn(visit.run(*who));
    }
}

/// Whether one more should come to those present. While no person is at work, one should wait for a person, and nobody
/// else besides: more would crowd in on somebody who tries out one chat. Otherwise there are as many as the staff
/// serves, and one for each person.
async fn is_wanted(desk: &Desk, present: usize) -> bool {
    let people = guests::at_work(desk, &MEDIUM.into()).await.unwrap_or(0);
    let most = if people == 0 { MOST } else { STAFF + people };
    let waits = |item: &WaitingItem| item.medium.as_str() == MEDIUM && item.key.request.is_none();
    present < most && !desk.waiting_items().iter().any(waits)
}

/// Sends away customers of an earlier run: nobody speaks for them any more.
async fn send_home(desk: &Desk) {
    for (id, ..) in desk.present() {
        let state = desk.session(&id).await.ok().flatten();
        let marked = state.as_deref().and_then(session_of).is_some_and(|s| s.user_data.get(MARK).is_some());
        if marked {
            let act = CustomerAct::Leave(EndedBy::Restart);
            if let Err(why) = desk.perform(Command::Customer { session: id, act }).await {
                tracing::debug!(%why, "a customer of an earlier run could not leave");
            }
        }
    }
}

type Seen = dyn Fn(&InteractionId) + Send + Sync;

struct Visit {
    seen: Arc<Seen>,
    desk: Arc<Desk>,
    head: watch::Receiver<u64>,
    chance: Chance,
    dialogue: &'static Dialogue,
}

impl Visit {
    async fn run(mut self, who: (&'static str, &'static str)) {
        match self.come(who).await {
            // They were cut short: by the agent, an administrator, or a full queue.
            Ok(()) => {}
            Err(Refused::Rule(why)) => tracing::debug!(%why, "a simulated customer was refused"),
            Err(Refused::Store(fault)) => tracing::warn!(%fault, "a simulated customer could not go on"),
        }
    }

    async fn come(&mut self, who: (&str, &str)) -> Result<(), Refused> {
        let id = self.enter(who).await?;
        self.visit(id.clone()).await?;
        self.see_off(&id).await
    }

    /// Keeps the place until the agent is done: another customer would find only people free until then.
    async fn see_off(&mut self, id: &InteractionId) -> Result<(), Refused> {
        let until = Instant::now() + SEEN_OFF;
        while Instant::now() < until {
            let state = self.desk.session(id).await?;
            let is_held = |session: &Session| session.live_agents().next().is_some();
            if !state.as_deref().and_then(session_of).is_some_and(is_held) {
                break;
            }
            self.look().await;
        }
        Ok(())
    }

    async fn visit(&mut self, id: InteractionId) -> Result<(), Refused> {
        self.say(&id, self.dialogue.opening).await?;
        let patience = self.chance.moment(PATIENCE);
        let mut last_word = Instant::now();
        let (mut heard, mut answered, mut asked) = (0, 0, false);
        let came = Instant::now();
        loop {
            let state = self.desk.session(&id).await?;
            let Some(session) = state.as_deref().and_then(session_of) else { return Ok(()) };
            if !session.customer.present {
                return Ok(());
            }
            (self.seen)(&id);
            let (latest, is_kindness) = self.latest_words(&id, heard).await?;
            if latest > heard && is_kindness {
                heard = latest;
                self.say(&id, STEPS_IN.1).await?;
                last_word = Instant::now();
            } else if latest > heard {
                heard = latest;
                let Some((_, words)) = self.dialogue.turns.get(answered) else {
                    self.say(&id, THANKS).await?;
                    return self.leave(&id).await;
                };
                self.say(&id, words).await?;
                answered += 1;
                last_word = Instant::now();
            } else if is_served(session) {
                let done = answered >= self.dialogue.turns.len();
                if last_word.elapsed() > if done { LINGER } else { LEFT_HANGING } {
                    return self.leave(&id).await;
                }
                self.look().await;
            } else if came.elapsed() > patience {
                return self.leave(&id).await;
            } else if !asked && came.elapsed() > RESTLESS {
                asked = true;
                self.say(&id, IMPATIENCE).await?;
                last_word = Instant::now();
            } else {
                // A customer who has just been taken up starts their patience with the agent now.
                last_word = Instant::now();
                self.look().await;
            }
        }
    }

    async fn enter(&self, (first, last): (&str, &str)) -> Result<InteractionId, Refused> {
        let ids = self.desk.ids();
        let session = ids.session();
        let mut user_data = UserData::default();
        for (key, value) in
            [("FirstName", first), ("LastName", last), ("Subject", self.dialogue.subject), (MARK, "true")]
        {
            user_data.set(key, value.into());
        }
        let open = Open {
            session: session.clone(),
            service: SERVICE.into(),
            participant: ids.participant(),
            nickname: first.into(),
            // The digest of a key that nobody has: this customer acts through the desk alone.
            key_digest: format!("{}{}", ids.secret(), ids.secret()),
            user_data,
        };
        self.desk.open_session(open).await?;
        Ok(session)
    }

    /// Index of an agent's newest words behind an index, or that index when there are none; and whether all of those words
    /// are a supervisor's who stepped in.
    async fn latest_words(&self, id: &InteractionId, after: u32) -> Result<(u32, bool), Refused> {
        let messages = self.desk.messages(id, after + 1, 200).await?;
        let seen = messages.iter().filter(|message| message.visibility.is_all());
        let words = seen.filter_map(|message| match &message.content {
            Content::Text { text, .. } if message.from.kind == PartyKind::Agent => {
                Some((message.index, text))
            }
            _ => None,
        });
        let (mut latest, mut is_kindness) = (after, true);
        for (index, text) in words {
            latest = index;
            is_kindness &= text == STEPS_IN.0;
        }
        Ok((latest, is_kindness))
    }

    async fn say(&mut self, id: &InteractionId, text: &str) -> Result<(), Refused> {
        self.act(id, CustomerAct::Type { on: true, text: None }).await?;
        tokio::time::sleep(self.chance.moment(TYPING)).await;
        self.act(id, CustomerAct::Say { text: text.into(), message_type: None }).await
    }

    async fn leave(&self, id: &InteractionId) -> Result<(), Refused> {
        self.act(id, CustomerAct::Leave(EndedBy::Customer)).await
    }

    async fn act(&self, id: &InteractionId, act: CustomerAct) -> Result<(), Refused> {
        self.desk.perform(Command::Customer { session: id.clone(), act }).await.map(drop)
    }

    /// Waits for the journal to grow, or a while.
    async fn look(&mut self) {
        let _ = tokio::time::timeout(LOOK, self.head.changed()).await;
    }
}

fn is_served(session: &Session) -> bool {
    session.talking().next().is_some()
}
