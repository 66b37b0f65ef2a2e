-- Results of requests that may come again under the same idempotency key. `key`, `scope` and `fingerprint` are digests.
-- `weight` is what the results of a scope have weighed together when this one came: so the oldest are found that are
-- over what a scope may keep.
CREATE TABLE result (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    weight INTEGER NOT NULL,
    at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX result_scope ON result (scope, weight);
CREATE INDEX result_at ON result (at);
