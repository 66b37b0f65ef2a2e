//! Customers who write over the simulated platforms: they come, say what they want, wait for an answer, go on, and
//! thank. Nobody leaves here: people who have said their last words just do not answer any more, as in real life.

mod topics;
mod voice;

use super::{Platforms, log::Platform, state::Arrival};
use crate::{
    chance::Chance,
    dialogue::{CUSTOMERS, IMPATIENCE, THANKS},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{
        Semaphore,
        broadcast::{Receiver, error::RecvError},
    },
    task::JoinSet,
};
use topics::Topic;
use voice::CustomerVoice;

/// How many customers have a mobile phone.
const NUMBERS: u32 = 8;
/// One in so many people on Messenger keeps their name to themselves.
const SHY: usize = 6;

impl Platforms {
    /// Lives the customers' lives on both platforms, for as long as it is polled.
    pub async fn customers(self: Arc<Self>) {
        let numbers = (1..=NUMBERS).map(|number| format!("+1555015{number}")).collect();
        let mut psids = Vec::new();
        for (place, (first, last)) in CUSTOMERS.iter().enumerate() {
            let psid = format!("700000000000{:04}", 1001 + place);
            if place % SHY != SHY - 1 {
                self.page.call(&psid, first, last);
            }
            psids.push(psid);
        }
        let mut lives = JoinSet::new();
        for (platform, addresses, matters) in
            [(Platform::Sms, numbers, topics::short()), (Platform::Messenger, psids, topics::long())]
        {
            let room = Arc::new(Semaphore::new(self.settings.manners.at_once));
            for address in addresses {
                let chance = Chance::new(&*self.ids);
                let voice = CustomerVoice { platforms: self.clone(), platform, address, chance };
                lives.spawn(Customer { voice, matters: matters.clone() }.live(room.clone()));
            }
        }
        while lives.join_next().await.is_some() {}
    }
}

struct Customer {
    voice: CustomerVoice,
    matters: Vec<Topic>,
}

impl Customer {
    async fn live(mut self, room: Arc<Semaphore>) {
        loop {
            let away = self.voice.platforms.settings.manners.away.clone();
            tokio::time::sleep(self.voice.chance.moment(away)).await;
            let Ok(_place) = room.acquire().await else { return };
            self.talk().await;
        }
    }

    async fn talk(&mut self) {
        let Some(matter) = self.voice.chance.pick(&self.matters).cloned() else { return };
        let mut arrivals = self.voice.platforms.arrivals.subscribe();
        self.voice.open(matter.opening).await;
        for words in matter.answers {
            let Some(heard) = self.hear(&mut arrivals).await else { return };
            self.voice.answer(words, heard.quick_reply).await;
        }
        if self.hear(&mut arrivals).await.is_some() {
            self.voice.say(THANKS);
        }
    }

    /// Waits for an answer, reads it, and types. Asks once whether anyone is there; then gives up.
    async fn hear(&mut self, arrivals: &mut Receiver<Arrival>) -> Option<Arrival> {
        let mut heard = self.wait(arrivals).await;
        if heard.is_none() {
            self.voice.say(IMPATIENCE);
            heard = self.wait(arrivals).await;
        }
        let mut heard = heard?;
        self.voice.show_as_read();
        let typing = self.voice.platforms.settings.manners.typing.clone();
        tokio::time::sleep(self.voice.chance.moment(typing)).await;
        // What came while the person typed is answered with the same words.
        while let Ok(Some(more)) = tokio::time::timeout(Duration::ZERO, self.next(arrivals)).await {
            heard = more;
        }
        Some(heard)
    }

    async fn wait(&mut self, arrivals: &mut Receiver<Arrival>) -> Option<Arrival> {
        let patience = self.voice.platforms.settings.manners.patience.clone();
        let patience = self.voice.chance.moment(patience);
        tokio::time::timeout(patience, self.next(arrivals)).await.ok().flatten()
    }

    async fn next(&self, arrivals: &mut Receiver<Arrival>) -> Option<Arrival> {
        loop {
            match arrivals.recv().await {
                Ok(arrival) if self.is_for_me(&arrival) => return Some(arrival),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn is_for_me(&self, arrival: &Arrival) -> bool {
        arrival.platform == self.voice.platform && arrival.person == self.voice.address
    }
}
