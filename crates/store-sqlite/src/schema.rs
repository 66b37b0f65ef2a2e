//! The tables and their history: numbered steps, each a file, counted in `user_version`.

use crate::{
    digests,
    fault::{SqliteFault, SqliteResult},
    open_error::OpenError,
};
use domain::format::NEWEST;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::str::FromStr;

/// One step from a schema to the next.
#[derive(Clone, Copy)]
pub(crate) enum MigrationStep {
    /// Statements.
    Sql(&'static str),
    /// Work that SQL cannot express, run in the same transaction.
    Rows(fn(&Connection) -> SqliteResult<()>),
}

/// The steps in order; a journal at version `n` has had the first `n`.
pub(crate) const STEPS: &[MigrationStep] = &[
    MigrationStep::Sql(include_str!("migrations/0001_journal.sql")),
    MigrationStep::Sql(include_str!("migrations/0002_connectors.sql")),
    MigrationStep::Rows(digests::keep),
    MigrationStep::Sql(include_str!("migrations/0004_results.sql")),
    MigrationStep::Sql(include_str!("migrations/0005_bindings.sql")),
    MigrationStep::Sql(include_str!("migrations/0006_formats.sql")),
    MigrationStep::Sql(include_str!("migrations/0007_limits.sql")),
    MigrationStep::Sql(include_str!("migrations/0008_links.sql")),
    MigrationStep::Sql(include_str!("migrations/0009_reports.sql")),
];

/// The single value that names the format in which documents are written; 1 when it is not there.
const FORMAT: &str = "journal.format";
/// The single value that names the oldest schema whose programs can work on this file.
const SINCE: &str = "schema.since";

/// Marks the file as a journal of this program: `Jack`, in ASCII.
const APPLICATION: i32 = 0x4a61_636b;

/// Brings the file to the newest schema: a new file always, an old one if `migrate` allows it.
pub(crate) fn bring_up(conn: &mut Connection, migrate: bool) -> Result<(), OpenError> {
    bring_up_to(conn, STEPS, migrate)
}

fn bring_up_to(conn: &mut Connection, steps: &[MigrationStep], migrate: bool) -> Result<(), OpenError> {
    let found = version(conn)?;
    let newest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    check(conn, found, newest)?;
    if found >= newest {
        return Ok(());
    }
    if found > 0 && !migrate {
        return Err(OpenError::Older { found, newest });
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(SqliteFault::from)?;
    for (number, step) in (1..).zip(steps).filter(|(number, _)| *number > found) {
        if number > 1 {
            // Which programs can work with the result, only this step can say.
            tx.execute("DELETE FROM meta WHERE name = ?1", [SINCE]).map_err(SqliteFault::from)?;
        }
        match step {
            MigrationStep::Sql(sql) => tx.execute_batch(sql).map_err(SqliteFault::from)?,
            MigrationStep::Rows(work) => work(&tx)?,
        }
        tx.pragma_update(None, "user_version", number).map_err(SqliteFault::from)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION).map_err(SqliteFault::from)?;
    tx.commit().map_err(SqliteFault::from)?;
    Ok(())
}

/// Refuses a file whose schema is not exactly the one this program reads.
pub(crate) fn check_current(conn: &Connection) -> Result<(), OpenError> {
    let newest = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found = version(conn)?;
    check(conn, found, newest)?;
    if found < newest {
        return Err(OpenError::Older { found, newest });
    }
    check_format(conn)
}

/// A later schema is refused, unless its steps say that programs of this one can work on it: a step that only adds
/// columns with a default puts the oldest such schema into [`SINCE`].
fn check(conn: &Connection, found: i64, newest: i64) -> Result<(), OpenError> {
    if found <= newest || number::<i64>(conn, SINCE)?.unwrap_or(found) <= newest {
        return Ok(());
    }
    Err(OpenError::Newer { found, newest })
}

/// Refuses a journal that a later release writes in a format that this program cannot read.
pub(crate) fn check_format(conn: &Connection) -> Result<(), OpenError> {
    let found = format(conn)?;
    if found > NEWEST { Err(OpenError::NewerFormat { found, newest: NEWEST }) } else { Ok(()) }
}

/// The format in which documents are written ([`domain::format`]).
pub(crate) fn format(conn: &Connection) -> SqliteResult<u32> {
    Ok(number(conn, FORMAT)?.unwrap_or(1))
}

/// Has documents written in another format from now on.
pub(crate) fn set_format(conn: &Connection, format: u32) -> SqliteResult<()> {
    set_meta(conn, FORMAT, &format.to_string())
}

/// The schema version of the file; 0 for an empty one.
fn version(conn: &Connection) -> Result<i64, OpenError> {
    let pragma =
        |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(SqliteFault::from);
    let tables: i64 = conn
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(SqliteFault::from)?;
    if tables > 0 && pragma("application_id")? != i64::from(APPLICATION) {
        return Err(OpenError::Foreign);
    }
    Ok(pragma("user_version")?)
}

/// A value of the table of single values.
pub(crate) fn meta(conn: &Connection, name: &str) -> SqliteResult<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Writes a value of the table of single values.
pub(crate) fn set_meta(conn: &Connection, name: &str, value: &str) -> SqliteResult<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
        .execute([name, value])?;
    Ok(())
}

/// Events up to and with this number may have been deleted.
pub(crate) fn oldest(conn: &Connection) -> SqliteResult<u64> {
    Ok(number(conn, "oldest")?.unwrap_or(0))
}

/// The newest entity when one was last deleted. A name may still lead to it, so its number is not given again.
pub(crate) fn newest_entity(conn: &Connection) -> SqliteResult<i64> {
    Ok(number(conn, "entity")?.unwrap_or(0))
}

/// A number of the table of single values.
fn number<T: FromStr>(conn: &Connection, name: &str) -> SqliteResult<Option<T>> {
    let parse =
        |text: String| text.parse().map_err(|_| SqliteFault::Damaged(format!("meta.{name} is '{text}'")));
    meta(conn, name)?.map(parse).transpose()
}

/// Gives the journal's stream a new id and answers it: 128 random bits in hex.
pub(crate) fn renew_stream(conn: &Connection) -> SqliteResult<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| SqliteFault::Damaged(format!("no random numbers: {error}")))?;
    let id = bytes.iter().fold(String::new(), |id, byte| id + &format!("{byte:02x}"));
    set_meta(conn, "stream_id", &id)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: MigrationStep = MigrationStep::Sql("CREATE TABLE meta (name TEXT);");
    const SECOND: MigrationStep = MigrationStep::Sql("ALTER TABLE meta ADD COLUMN value TEXT;");

    #[test]
    fn an_older_schema_is_brought_up_only_when_allowed() {
        let mut conn = Connection::open_in_memory().expect("memory");
        bring_up_to(&mut conn, &[FIRST], false).expect("a new file is always made");
        let refused = bring_up_to(&mut conn, &[FIRST, SECOND], false).expect_err("not allowed");
        assert!(refused.to_string().contains("jackfield migrate"), "{refused}");
        bring_up_to(&mut conn, &[FIRST, SECOND], true).expect("allowed");
        bring_up_to(&mut conn, &[FIRST, SECOND], false).expect("nothing to do");
        assert_eq!(version(&conn).expect("version"), 2);
    }

    #[test]
    fn a_later_schema_is_used_as_it_is_if_it_says_that_it_may_be() {
        let mut conn = Connection::open_in_memory().expect("memory");
        let newer = [FIRST, SECOND, MigrationStep::Sql("INSERT INTO meta VALUES ('schema.since', '2');")];
        bring_up_to(&mut conn, &newer, false).expect("a new file is always made");
        bring_up_to(&mut conn, &newer[..2], false).expect("the third step only adds");
        assert_eq!(version(&conn).expect("version"), 3, "and it is left as it is");
        let refused = bring_up_to(&mut conn, &newer[..1], true).expect_err("the second does not");
        assert!(matches!(refused, OpenError::Newer { found: 3, newest: 1 }), "{refused}");
    }

    #[test]
    fn a_file_of_another_program_is_refused() {
        let mut conn = Connection::open_in_memory().expect("memory");
        conn.execute_batch("CREATE TABLE other (x)").expect("sql");
        assert!(matches!(bring_up(&mut conn, true), Err(OpenError::Foreign)));
    }
}
