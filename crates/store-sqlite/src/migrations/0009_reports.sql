-- What reporting counted. Rows have no value of a customer; retention and erasure of conversations leave them alone, and a
-- backup has them. `topic` is what a row is about (the program's `stats::Table`, by number), `start` the beginning of its
-- interval in milliseconds, `columns` a JSON object of whole numbers by name, without zeros.
CREATE TABLE interval_row (
    topic INTEGER NOT NULL,
    start INTEGER NOT NULL,
    object TEXT NOT NULL,
    medium TEXT NOT NULL,
    detail TEXT NOT NULL,
    revision INTEGER NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (topic, start, object, medium, detail)
) WITHOUT ROWID;

-- Which intervals have rows: `revision` is the greatest of theirs, so that what changed is found without an index on every
-- row; `epoch` says how often counting had begun anew when the interval last began with zeros.
CREATE TABLE counted_interval (
    topic INTEGER NOT NULL,
    start INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    PRIMARY KEY (topic, start)
) WITHOUT ROWID;

-- How far events are counted: one row, once counting began. While `position` is before `upto`, events are counted that had
-- been counted before, and intervals before `since` are left alone; `oldest` is `meta.oldest` as it was when that began. Intervals from `since` to `swept` were looked through
-- for rows that counting anew passed without a change.
CREATE TABLE counted (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    position INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT,
    since INTEGER,
    oldest INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    swept INTEGER NOT NULL
);

-- The release before goes on with this file: it counts nothing, and this one goes on where it had stopped.
INSERT OR REPLACE INTO meta (name, value) VALUES ('schema.since', '6');
