//! The command's side of the socket.

use super::{
    request::{AdminAnswer, Request},
    socket::path,
};
use anyhow::{Context, Error, Result, anyhow};
use std::{io::ErrorKind, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// How long the server may take to read the request.
const HEARD: Duration = Duration::from_secs(30);
/// How long it may take to perform it: an erasure rewrites the whole journal.
const PERFORMED: Duration = Duration::from_secs(1_800);
/// The longest answer, in bytes.
const LONGEST: u64 = 64 << 20;

/// Hands a request to the server that holds the journal of a directory; `in_use` is told when none answers.
pub(super) async fn ask(data: &Path, request: &Request, in_use: Error) -> Result<AdminAnswer> {
    let path = match path(data) {
        Ok(path) => path,
        Err(why) => return Err(in_use.context(format!("the server cannot be reached: {why}"))),
    };
    let mut stream = match tokio::time::timeout(HEARD, UnixStream::connect(&path)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(why)) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Err(in_use.context(format!("no server answers at {}", path.display())));
        }
        Ok(Err(why)) => return Err(why).with_context(|| path.display().to_string()),
        Err(_) => return Err(in_use.context(format!("no server answers at {} in time", path.display()))),
    };
    let text = serde_json::to_vec(request).context("the request")?;
    let sent = tokio::time::timeout(HEARD, async {
        stream.write_all(&text).await?;
        stream.shutdown().await
    });
    // A server that refuses before it has read everything says why all the same.
    let sent = sent.await.map_err(|_| anyhow!("the server does not listen"))?;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PERFORMED, stream.take(LONGEST).read_to_end(&mut answer)).await;
    let read =
        read.map_err(|_| anyhow!("the server has not answered in half an hour: it may still be at it"))?;
    if answer.is_empty() {
        sent.and(read.map(drop)).context("the server does not listen")?;
        return Err(anyhow!(
            "the server ended before it answered: whether the change was made must be looked at"
        ));
    }
    serde_json::from_slice(&answer)
        .context("the server's answer cannot be understood, perhaps it is of another release")
}
