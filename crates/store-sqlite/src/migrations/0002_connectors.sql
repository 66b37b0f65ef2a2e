-- What connectors need (spec: decisions#1): tasks to be carried out, names the world gave, units nobody understood.

-- `id` is the task's own; a row goes in the commit of its outcome.
CREATE TABLE task (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    body TEXT NOT NULL
);

-- `entity` and `idx` are the log entry that bears the name, if one does.
CREATE TABLE dedup (
    key TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    entity INTEGER,
    idx INTEGER
) WITHOUT ROWID;
CREATE INDEX dedup_at ON dedup (at);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    service TEXT NOT NULL,
    why TEXT NOT NULL,
    raw BLOB NOT NULL
);
