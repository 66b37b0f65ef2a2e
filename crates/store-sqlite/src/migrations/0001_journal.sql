-- The journal (spec: decisions#1). Entities and mailboxes have small integer ids, so that the rows which are written
-- with every commit, and their indexes, stay short. There are no foreign keys: one writer keeps the rows in step.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- `key` is `kind:id`.
CREATE TABLE entity (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
);

-- `seq` is given by the writer, which never gives a number again.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reported INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX event_version ON event (entity, version);
CREATE INDEX event_kind ON event (kind);

-- No event behind the mark before, up to and with `seq`, happened later than `at`: where a reader who asks for
-- events since a moment may begin.
CREATE TABLE mark (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
);

-- `ended_at` is the moment of the newest event of a conversation that is over: retention counts from there.
CREATE TABLE snapshot (
    entity INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    open INTEGER NOT NULL,
    ended_at INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX snapshot_open ON snapshot (kind) WHERE open;
CREATE INDEX snapshot_ended ON snapshot (ended_at) WHERE ended_at IS NOT NULL;

-- `place` is entity × 2^32 + index: a conversation's log lies together, in order, without a second tree.
CREATE TABLE message (
    place INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    agent TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL
);

-- Notes lie in the order in which they were written, so that a group fills few pages; each is found by mailbox
-- and position. `about` is an entity, and has no index: what looks for it, retention and erasure, can walk.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL,
    pos INTEGER NOT NULL,
    at INTEGER NOT NULL,
    about INTEGER,
    channel TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX note_place ON note (mailbox, pos);

CREATE TABLE http_session (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE bayeux_session (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
