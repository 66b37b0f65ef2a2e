//! REGISTER: the digest is answered by the library (MD5 and SHA-256), the refreshing is ours.

use crate::{Account, PhoneError, line_shared::LineShared, lock::lock, target};
use rsipstack::{
    dialog::registration::{Registration, backoff_interval},
    sip::{Header, Response, StatusCodeKind, typed::Contact},
};
use std::{
    sync::{Arc, Mutex as Lock},
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

/// No refresh comes sooner than this after another.
const SOONEST: Duration = Duration::from_millis(500);

/// A registration that is refreshed until this is dropped.
pub(crate) struct Registered {
    line: Arc<LineShared>,
    registration: Arc<Mutex<Registration>>,
    until: Arc<Lock<Option<Instant>>>,
    _refreshing: DropGuard,
}

/// Registers and begins to refresh. `before` is the registration this one goes on from: same Call-ID, growing `CSeq`
/// (RFC 3261, 10.2.4).
pub(crate) async fn begin(
    line: &Arc<LineShared>,
    account: &Account,
    before: Option<Registered>,
    expires: Duration,
) -> Result<Registered, PhoneError> {
    let registration = match &before {
        Some(before) => before.registration.clone(),
        None => Arc::new(Mutex::new(fresh(line, account))),
    };
    drop(before);
    let wanted = u32::try_from(expires.as_secs()).unwrap_or(u32::MAX).max(1);
    let granted = once(line, &registration, wanted).await?;
    let until = Arc::new(Lock::new(Some(Instant::now() + granted)));
    let stop = CancellationToken::new();
    let refreshing = refresh(line.clone(), registration.clone(), until.clone(), wanted, granted);
    tokio::spawn(stop.clone().run_until_cancelled_owned(refreshing));
    Ok(Registered { line: line.clone(), registration, until, _refreshing: stop.drop_guard() })
}

impl Registered {
    pub fn holds(&self) -> bool {
        lock(&self.until).is_some_and(|until| Instant::now() < until)
    }

    pub async fn end(self) -> Result<(), PhoneError> {
        once(&self.line, &self.registration, 0).await.map(drop)
    }
}

fn fresh(line: &LineShared, account: &Account) -> Registration {
    let mut registration = Registration::new(line.endpoint.clone(), Some(account.name()));
    registration.contact =
        Some(Contact { display_name: None, uri: line.contact(&account.user), params: Vec::new() });
    // Without the library's "outbound", which this phone does not do.
    registration.extra_headers =
        vec![Header::Supported("path".into()), Header::Other("Allow-Events".into(), "talk, hold".into())];
    registration
}

/// One REGISTER with its challenge; how long it holds.
async fn once(
    line: &LineShared,
    registration: &Mutex<Registration>,
    wanted: u32,
) -> Result<Duration, PhoneError> {
    let mut registration = registration.lock().await;
    let server = target::bare(line.server, line.transport);
    // The library's future is 20 kB: not on every stack that registers.
    let response: Response = Box::pin(registration.register(server, Some(wanted))).await?;
    if response.status_code.kind() != StatusCodeKind::Successful {
        return Err(PhoneError::Refused(response.status_code.into()));
    }
    Ok(Duration::from_secs(registration.granted_expires.unwrap_or(wanted).into()))
}

async fn refresh(
    line: Arc<LineShared>,
    registration: Arc<Mutex<Registration>>,
    until: Arc<Lock<Option<Instant>>>,
    wanted: u32,
    mut granted: Duration,
) {
    let mut failures = 0;
    loop {
        let wait = if failures == 0 { granted * 3 / 4 } else { backoff_interval(failures - 1) };
        tokio::time::sleep(wait.max(SOONEST)).await;
        match once(&line, &registration, wanted).await {
            Ok(again) => {
                (failures, granted) = (0, again);
                *lock(&until) = Some(Instant::now() + granted);
            }
            Err(why) => {
                failures += 1;
                tracing::debug!(%why, "a phone could not register again");
            }
        }
    }
}
