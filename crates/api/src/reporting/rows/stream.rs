//! Answering any number of rows with as much memory as one group of them takes: they are read in pages while they are sent.

use super::{
    request::{Form, RowsRequest},
    shape,
    sums::Sums,
    write::Writer,
};
use crate::{auth::Caller, reporting::request::may_read, state::Api};
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use desk::ports::{RowPage, RowQuery, StoreFault};
use futures::{Stream, stream};
use gws::{Problem, queue_channels};
use http::{HeaderValue, header};
use stats::{INTERVAL, Row, Table};
use std::{collections::VecDeque, io, sync::Arc};

/// How many rows are read at a time.
const PAGE: u32 = 2_000;
/// How many bytes are gathered before they are sent.
const PIECE: usize = 64 * 1_024;

/// An answer on its way.
struct Rows {
    api: Arc<Api>,
    caller: Caller,
    asked: RowsRequest,
    sums: Sums,
    writer: Writer,
    read: VecDeque<Row>,
    /// What to read next; `None` when all is read.
    next: Option<RowQuery>,
    is_over: bool,
}

/// Begins an answer. What cannot be read at once is refused; what cannot be read later ends the answer in the middle, so that
/// the connection breaks and nobody takes a part for the whole.
pub(super) async fn begin(api: &Arc<Api>, caller: Caller, asked: RowsRequest) -> Result<Response, Problem> {
    let query = RowQuery {
        table: asked.table,
        from: asked.from,
        to: asked.to,
        object: asked.object.clone(),
        changed_since: None,
        after: None,
        limit: PAGE,
    };
    // An interval that began before the first moment is not wanted, and so is no group of nothing but such.
    let first = asked.from + (INTERVAL - asked.from.rem_euclid(INTERVAL)) % INTERVAL;
    let sums = Sums::new(asked.grouping.clone(), first, asked.to, known_queues(api, &asked));
    let writer = Writer::new(asked.form, shape::names(asked.table).collect());
    let mut rows = Rows {
        api: api.clone(),
        caller,
        asked,
        sums,
        writer,
        read: VecDeque::new(),
        next: Some(query),
        is_over: false,
    };
    rows.read().await?;
    let kind = match rows.asked.form {
        Form::Json => "application/json",
        Form::Csv => "text/csv; charset=utf-8",
    };
    let mut response = Body::from_stream(pieces(rows)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

/// The queues that there are and that were asked for, each with its media.
fn known_queues(api: &Api, asked: &RowsRequest) -> Vec<(String, String)> {
    if asked.table != Table::Queue {
        return Vec::new();
    }
    let centre = api.desk.centre();
    let rows = api.desk.media().rows().iter();
    let media: Vec<_> = rows
        .filter(|medium| centre.as_ref().is_some_and(|centre| centre.has(medium.features)))
        .map(|medium| &medium.name)
        .collect();
    let queues = api.desk.queues().into_iter();
    queues
        .filter(|queue| asked.object.as_ref().is_none_or(|object| *object == queue.name.to_string()))
        .flat_map(|queue| {
            let media = queue_channels(&queue, media.iter().copied());
            media.into_iter().map(|medium| (queue.name.to_string(), medium.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

fn pieces(rows: Rows) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(rows, |mut rows| async move {
        let piece = rows.piece().await?;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), rows)))
    })
}

impl Rows {
    /// The next bytes of the answer; none when it is over.
    async fn piece(&mut self) -> io::Result<Vec<u8>> {
        if !self.is_over && !may_read(&self.api, &self.caller) {
            return Err(io::Error::other("the reader may not read any more"));
        }
        while !self.is_over && self.writer.weight() < PIECE {
            if self.read.is_empty() && self.next.is_some() {
                self.read().await.map_err(|fault| {
                    tracing::warn!(%fault, "an answer of interval rows breaks off");
                    io::Error::other(fault.to_string())
                })?;
            }
            self.go_on();
        }
        Ok(self.writer.give())
    }

    async fn read(&mut self) -> Result<(), StoreFault> {
        let Some(query) = self.next.take() else { return Ok(()) };
        let RowPage { rows, next, .. } = self.api.desk.store().interval_rows(query.clone()).await?;
        self.read.extend(rows);
        self.next = next.map(|after| RowQuery { after: Some(after), ..query });
        Ok(())
    }

    /// Adds up what was read of a group, and writes the group when it is complete.
    fn go_on(&mut self) {
        while self.read.front().is_some_and(|row| !self.sums.is_later(row)) {
            if let Some(row) = self.read.pop_front() {
                self.sums.take(row);
            }
        }
        if self.read.is_empty() && self.next.is_some() {
            return;
        }
        if self.sums.is_over() {
            self.writer.end();
            self.is_over = true;
            return;
        }
        let start = self.sums.start();
        for row in self.sums.close() {
            let values = shape::values(&self.api.desk, &self.asked.grouping, start, &row);
            self.writer.row(&values);
        }
    }
}
