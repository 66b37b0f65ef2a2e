-- What only one may have and what there is only so much of, as rows, so that a commit is judged by what is there and not
-- by what somebody remembers. Both follow from the open snapshots, and the program fills them from those.

-- `name` is `user:` and a login name, or `number:` and a routing point; `entity` is who bears it.
CREATE TABLE unique_name (
    name TEXT PRIMARY KEY,
    entity INTEGER NOT NULL
) WITHOUT ROWID;

-- Who waits, in which queue and as what.
CREATE TABLE waiting (
    entity INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    medium TEXT NOT NULL
);

-- The node that began to send a task; none where nobody did, or where it is not known.
ALTER TABLE task ADD COLUMN owner TEXT;

-- The next start fills the tables.
DELETE FROM meta WHERE name = 'limits.upto';

-- The release before goes on with this file; what it leaves behind in these tables is mended at the next start.
INSERT OR REPLACE INTO meta (name, value) VALUES ('schema.since', '6');
