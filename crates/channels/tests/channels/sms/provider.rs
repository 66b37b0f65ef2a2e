//! A provider on a port of its own: it takes what it is sent, unless it was told to behave otherwise, and keeps
//! everything it heard.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use channels::outbound::Url;
use http::StatusCode;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::net::TcpListener;

/// How it behaves towards one request.
#[derive(Clone)]
pub enum Manner {
    /// It answers so: status, `Retry-After`, body.
    Says(u16, Option<u32>, &'static str),
    /// It answers never.
    Hangs,
}

/// The provider.
pub struct Provider {
    pub url: Url,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<BTreeMap<String, String>>>,
    manners: Mutex<VecDeque<Manner>>,
    /// How it behaves towards some number, whatever else it was told.
    towards: Mutex<BTreeMap<String, Manner>>,
}

impl Provider {
    pub async fn new() -> Self {
        let shared = Arc::new(Shared::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
        let app = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(take))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, shared }
    }

    /// The next request is treated so.
    pub fn once(&self, manner: Manner) {
        lock(&self.shared.manners).push_back(manner);
    }

    /// Every message to a number is treated so.
    pub fn towards(&self, number: &str, manner: Manner) {
        lock(&self.shared.towards).insert(number.to_owned(), manner);
    }

    /// From now on everything is taken again.
    pub fn kindly(&self) {
        lock(&self.shared.towards).clear();
        lock(&self.shared.manners).clear();
    }

    /// The forms that came so far.
    pub fn heard(&self) -> Vec<BTreeMap<String, String>> {
        lock(&self.shared.heard).clone()
    }

    /// The texts that came so far, in order.
    pub fn texts(&self) -> Vec<String> {
        self.heard().iter().map(|form| form["Body"].clone()).collect()
    }
}

async fn take(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let number = form["To"].clone();
    let count = {
        let mut heard = lock(&shared.heard);
        heard.push(form);
        heard.len()
    };
    let manner = lock(&shared.towards).get(&number).cloned().or_else(|| lock(&shared.manners).pop_front());
    match manner {
        None => {
            (StatusCode::CREATED, format!(r#"{{"sid":"SMout{count}","status":"queued"}}"#)).into_response()
        }
        Some(Manner::Hangs) => std::future::pending().await,
        Some(Manner::Says(status, pause, body)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let pause = pause.map(|seconds| [("Retry-After", seconds.to_string())]);
            match pause {
                Some(pause) => (status, pause, body).into_response(),
                None => (status, body).into_response(),
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
