//! `/api/v1/stats`: statistics of agents, queues and codes, as the vendor's desktop polls them (spec: admin-and-reporting#4.1).
//! They are computed when they are asked for, from the interval rows of today and from how things stand.

use crate::{
    auth::{CARERS, Caller},
    state::Api,
};
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use desk::ports::{RowQuery, StoreFault};
use domain::{Millis, Refusal, UserId, offer, queue::Queue, user::User};
use gws::{Outcome, Problem, Query, StatisticValue, StatisticsAnswer};
use jiff::{civil::Time, tz::TimeZone};
use stats::{
    INTERVAL, Interval, Live, Row, Table,
    statistics::{self, Formula, KNOWN, ObjectType, Source, is_about, is_of_codes, is_of_now},
    window::Window,
};
use std::{collections::BTreeMap, sync::Arc};

/// The most values of one answer: a month of quarters of an hour.
const MOST_VALUES: u64 = 3_000;
/// How long after an interval all of it is in the rows, in milliseconds.
const SETTLED: Millis = 60_000;
/// How many rows are read at a time.
const PAGE: u32 = 10_000;

/// The addresses below `/api/v1`.
pub fn router() -> Router<Arc<Api>> {
    Router::new().route("/stats/{objectId}", get(all)).route("/stats/{objectId}/{statistic}", get(one))
}

/// What statistics are asked of.
struct Object {
    id: String,
    kind: ObjectType,
    /// The agents who serve a queue, by their ids.
    members: Option<Vec<String>>,
    /// Whether its codes are looked at: those of a queue or of the centre are found among those of everybody, which agents
    /// cannot ask for.
    with_codes: bool,
}

impl Object {
    /// Whether a statistic can be asked of it.
    fn has(&self, name: &str) -> bool {
        self.with_codes || !is_of_codes(name)
    }
}

/// `GET /api/v1/stats/{objectId}`: the latest value of each statistic of an agent, a queue or a code.
async fn all(State(api): State<Arc<Api>>, caller: Caller, Path(id): Path<String>) -> Outcome {
    let object = object(&api, &caller, &id).await?;
    let of_it = KNOWN.iter().filter(|known| known.of.contains(&object.kind)).map(|known| known.name);
    let names: Vec<_> = of_it.filter(|name| object.has(name)).collect();
    let values = latest(&api, &object, &names).await?;
    Ok(StatisticsAnswer::of(object.id, values))
}

/// `GET /api/v1/stats/{objectId}/{statistic}`: its latest value; with `from`, `to` or `numValues` its values by quarters of
/// an hour, the last of them where there are more than `numValues` (1 when left out).
async fn one(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    query: Query,
) -> Outcome {
    let object = object(&api, &caller, &id).await?;
    let known = statistics::known(&name).filter(|known| known.of.contains(&object.kind) && object.has(&name));
    let name = known.ok_or_else(|| Problem::not_found(&format!("Statistic '{name}' of '{id}'")))?.name;
    let asks_for_history = ["from", "to", "numValues"].iter().any(|name| query.get(name).is_some());
    if !asks_for_history || is_of_now(name) {
        let values = latest(&api, &object, &[name]).await?;
        return Ok(StatisticsAnswer::of(object.id, values));
    }
    let (intervals, now) = asked(&query, api.desk.now())?;
    let values = history(&api, &object, name, &intervals, now).await?;
    Ok(StatisticsAnswer::of(object.id, values))
}

/// The object of an id, as far as the caller may know of it: agents themselves and the queues they serve, supervisors
/// whom they lead and every queue and code.
async fn object(api: &Api, caller: &Caller, id: &str) -> Result<Object, Problem> {
    let unknown = || Problem::not_found(&format!("Object '{id}'"));
    if let Some(user) = api.desk.directory().user(&UserId::from(id)) {
        let seen = caller.sees(api, &user);
        let user = Object { id: id.to_owned(), kind: ObjectType::User, members: None, with_codes: true };
        return seen.then_some(user).ok_or_else(unknown);
    }
    let is_carer = caller.user.has(CARERS);
    if let Some(queue) = api.desk.queue(&id.into()) {
        let members = members(api, &queue);
        if !is_carer && !serves(&caller.user, &queue) {
            return Err(unknown());
        }
        let (id, members) = (id.to_owned(), Some(members));
        return Ok(Object { id, kind: ObjectType::Queue, members, with_codes: is_carer });
    }
    let book = api.desk.book().await?;
    let is_code = book.named(id).is_some();
    if is_carer && is_code {
        let id = id.to_owned();
        return Ok(Object { id, kind: ObjectType::Disposition, members: None, with_codes: true });
    }
    Err(unknown())
}

fn serves(user: &User, queue: &Queue) -> bool {
    offer::serves(user, queue)
}

fn members(api: &Api, queue: &Queue) -> Vec<String> {
    let users = api.desk.directory().all();
    users.iter().filter(|user| serves(user, queue)).map(|user| user.id.to_string()).collect()
}

/// The values of today so far, in the time zone of the server.
async fn latest(
    api: &Api,
    object: &Object,
    names: &[&'static str],
) -> Result<Vec<StatisticValue>, StoreFault> {
    let now = api.desk.now();
    let begin = Window::Growing(Time::midnight()).begin(now, &TimeZone::system());
    let from = begin.unwrap_or(Interval::of(now)).0;
    let rows = rows(api, object, names, from, now.saturating_add(1)).await?;
    let values = api.desk.reports().with(|fold| {
        let mut live = fold.read(now);
        for agent in live.agents.values_mut() {
            // What runs since yesterday counts since midnight.
            let today = now - from;
            agent.uncounted_ms = agent.uncounted_ms.min(today);
            for channel in agent.channels.values_mut() {
                channel.uncounted_ms = channel.uncounted_ms.min(today);
            }
        }
        names.iter().filter_map(|name| value(name, object, &rows, &live, now)).collect()
    });
    Ok(values)
}

/// The intervals that are asked for, and the moment of the question.
fn asked(query: &Query, now: Millis) -> Result<(Vec<Interval>, Millis), Problem> {
    let moment = |name: &str| -> Result<Option<Millis>, Problem> {
        let text = query.get(name).filter(|text| !text.is_empty());
        let read = text.map(str::parse::<Millis>).transpose();
        read.map_err(|_| Problem::invalid(format!("'{name}' is no number of milliseconds since 1970")))
    };
    // The time in states is known a while after its interval is over.
    let to = moment("to")?.unwrap_or(now).min(now.saturating_sub(SETTLED));
    let count = query.number("numValues")?.unwrap_or(1).clamp(1, MOST_VALUES);
    let earliest = to.saturating_sub(i64::try_from(count).unwrap_or(1).saturating_mul(INTERVAL));
    let from = moment("from")?.unwrap_or(earliest).max(earliest);
    if from > to {
        return Err(Refusal::OutOfRange("'from' must be before 'to'".into()).into());
    }
    let first = Interval::of(from.max(0));
    let all = std::iter::successors(Some(first), |before| Some(Interval(before.end())));
    // What an interval counted is known when it is over.
    Ok((all.take_while(|interval| interval.end() <= to).collect(), now))
}

/// The value of each interval, at its end.
async fn history(
    api: &Api,
    object: &Object,
    name: &'static str,
    intervals: &[Interval],
    now: Millis,
) -> Result<Vec<StatisticValue>, StoreFault> {
    let (Some(first), Some(last)) = (intervals.first(), intervals.last()) else { return Ok(Vec::new()) };
    let mut by_interval = BTreeMap::<Interval, Vec<Row>>::new();
    for row in rows(api, object, &[name], first.0, last.end().min(now)).await? {
        by_interval.entry(row.key.interval).or_default().push(row);
    }
    let value_of = |interval: &Interval| {
        let at = interval.end();
        let live = Live { now: at, queues: BTreeMap::new(), agents: BTreeMap::new(), open: BTreeMap::new() };
        let rows = by_interval.get(interval).map_or(&[][..], Vec::as_slice);
        value(name, object, rows, &live, at)
    };
    Ok(intervals.iter().filter_map(value_of).collect())
}

fn value(
    name: &'static str,
    object: &Object,
    rows: &[Row],
    live: &Live<'_>,
    time: Millis,
) -> Option<StatisticValue> {
    let members: Option<Vec<&str>> =
        object.members.as_ref().map(|members| members.iter().map(String::as_str).collect());
    let source = Source {
        object_type: object.kind,
        object: &object.id,
        medium: None,
        rows,
        live,
        members: members.as_deref(),
        formula: Formula::default(),
    };
    let value = statistics::value(name, &source)?;
    Some(StatisticValue { statistic: name, value: serde_json::to_value(value).unwrap_or_default(), time })
}

/// The rows that the named statistics of an object are computed from: those of how things stand need none.
async fn rows(
    api: &Api,
    object: &Object,
    names: &[&'static str],
    from: Millis,
    to: Millis,
) -> Result<Vec<Row>, StoreFault> {
    let own = || Some(object.id.clone());
    let counted = names.iter().any(|name| !is_of_now(name) && !is_of_codes(name));
    let codes = names.iter().any(|name| is_of_codes(name));
    let mut tables = Vec::new();
    match object.kind {
        ObjectType::User if counted => tables.extend([(Table::Agent, own()), (Table::State, own())]),
        ObjectType::Queue if counted => tables.push((Table::Queue, own())),
        _ => {}
    }
    if codes {
        tables.push((Table::Disposition, own().filter(|_| object.kind == ObjectType::User)));
    }
    let mut found = Vec::new();
    for (table, of) in tables {
        let mut next =
            Some(RowQuery { table, from, to, object: of, changed_since: None, after: None, limit: PAGE });
        while let Some(query) = next {
            let page = api.desk.store().interval_rows(query.clone()).await?;
            // Of the rows of all codes only those are kept that are looked at.
            found.extend(page.rows.into_iter().filter(|row| is_about(object.kind, &object.id, row)));
            next = page.next.map(|after| RowQuery { after: Some(after), ..query });
        }
    }
    Ok(found)
}
