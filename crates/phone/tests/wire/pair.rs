//! Two phones, each on a line of its own, that call each other directly.

use phone::{Account, AnswerMode, Call, Incoming, Phone, PhoneLine, Say};
use std::time::Duration;

/// Long enough for anything that is awaited here on a busy machine.
pub const SOON: Duration = Duration::from_secs(10);

pub struct Pair {
    pub alice: Phone,
    pub bob: Phone,
    pub lines: [PhoneLine; 2],
    /// Where Bob is called.
    pub to_bob: String,
}

pub async fn line() -> PhoneLine {
    PhoneLine::open(([127, 0, 0, 1], 0).into(), ([127, 0, 0, 1], 9).into()).await.expect("a line")
}

impl Pair {
    pub async fn new(answer: AnswerMode, say: Say) -> Self {
        let lines = [line().await, line().await];
        let alice = lines[0].phone(Account::new("alice").display("Alice"));
        let bob = lines[1].phone(Account::new("bob"));
        bob.on_incoming(Incoming { answer, say, hang_up_after: None });
        let to_bob = format!("bob@{}", lines[1].addr());
        Self { alice, bob, lines, to_bob }
    }

    pub async fn call(&self, say: Say) -> Call {
        self.alice.call(&self.to_bob, say, &[]).await.expect("an INVITE")
    }

    /// Alice and Bob in an answered call.
    pub async fn talk(&self, say: Say) -> (Call, Call) {
        let call = self.call(say).await;
        let other = soon(self.bob.next_call()).await;
        soon(call.answered()).await.expect("answered");
        soon(other.answered()).await.expect("answered there");
        (call, other)
    }

    /// Nothing is left of any call.
    pub async fn is_clean(&self) {
        let clean = async {
            while self.lines.iter().any(|line| line.load().calls + line.load().dialogs > 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon(clean).await;
    }
}

pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, what).await.expect("in time")
}
