//! Where phones are: rows that are not history.

use crate::fault::SqliteResult;
use desk::ports::BindingRow;
use domain::call::Dn;
use rusqlite::{Connection, Row};

/// Every binding, those of one number together, in the order in which they were given.
pub(crate) fn all(conn: &Connection) -> SqliteResult<Vec<BindingRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT dn, contact, instance, reg_id, path, transport, received, sender, expires, call_id, cseq,
                talks, refused_talk, by_hand
         FROM binding ORDER BY dn, id",
    )?;
    let mut rows = statement.query([])?;
    let mut bindings = Vec::new();
    while let Some(row) = rows.next()? {
        let path: String = row.get(4)?;
        bindings.push(BindingRow { path: serde_json::from_str(&path)?, ..read(row)? });
    }
    Ok(bindings)
}

/// A row without its path.
fn read(row: &Row<'_>) -> rusqlite::Result<BindingRow> {
    Ok(BindingRow {
        dn: Dn::new(row.get::<_, String>(0)?),
        contact: row.get(1)?,
        instance: row.get(2)?,
        reg_id: row.get(3)?,
        path: Vec::new(),
        transport: row.get(5)?,
        received: row.get(6)?,
        sender: row.get(7)?,
        expires: row.get(8)?,
        call_id: row.get(9)?,
        cseq: row.get(10)?,
        talks: row.get(11)?,
        refused_talk: row.get(12)?,
        by_hand: row.get(13)?,
    })
}

/// Replaces the bindings of these numbers.
pub(crate) fn put(conn: &Connection, phones: &[(Dn, Vec<BindingRow>)]) -> SqliteResult<()> {
    let mut take = conn.prepare_cached("DELETE FROM binding WHERE dn = ?1")?;
    let mut put = conn.prepare_cached(
        "INSERT OR REPLACE INTO binding (dn, contact, instance, reg_id, path, transport, received, sender,
                                         expires, call_id, cseq, talks, refused_talk, by_hand)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for (dn, bindings) in phones {
        take.execute([dn.as_str()])?;
        for row in bindings {
            put.execute((
                dn.as_str(),
                &row.contact,
                &row.instance,
                row.reg_id,
                serde_json::to_string(&row.path)?,
                &row.transport,
                &row.received,
                &row.sender,
                row.expires,
                &row.call_id,
                row.cseq,
                row.talks,
                row.refused_talk,
                row.by_hand,
            ))?;
        }
    }
    Ok(())
}

/// Deletes all bindings: the phones are not registered with whoever works on a copy.
pub(crate) fn clear(conn: &Connection) -> SqliteResult<()> {
    conn.execute("DELETE FROM binding", [])?;
    Ok(())
}
