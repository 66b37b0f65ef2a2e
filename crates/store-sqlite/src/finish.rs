//! The end of a migration: from then on the journal is written in the newest format, and no earlier release opens it.

use crate::{
    fault::SqliteFault,
    files, links,
    open::{self, Hold},
    open_error::OpenError,
    schema,
};
use desk::ports::Finished;
use domain::format::NEWEST;
use std::path::Path;

/// Brings the journal of a directory to the newest schema, and with `raise` to the newest format. Needs the directory
/// for this process alone. Blocks.
pub fn finish(dir: &Path, raise: bool) -> Result<Finished, OpenError> {
    files::private_directory(dir)?;
    let _lock = open::lock(dir)?;
    let hold = Hold::open(dir, true)?;
    let from = schema::format(&hold.conn)?;
    let to = if raise { from.max(NEWEST) } else { from };
    if to == NEWEST {
        // In one commit with the format, which keeps out every release that needs the deleted tables.
        let tx = hold.conn.unchecked_transaction().map_err(SqliteFault::from)?;
        schema::set_format(&tx, to)?;
        links::stand_alone(&tx)?;
        tx.commit().map_err(SqliteFault::from)?;
    }
    hold.end();
    Ok(Finished { from, to })
}
