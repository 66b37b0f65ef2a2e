-- Where phones are: what the registrar knows, for the next process. Operational state and no history: a row goes when
-- its phone does, and no backup has any. `path` is a JSON array of entries of Path; `expires` is in awake time.
CREATE TABLE binding (
    id INTEGER PRIMARY KEY,
    dn TEXT NOT NULL,
    contact TEXT NOT NULL,
    instance TEXT,
    reg_id INTEGER,
    path TEXT NOT NULL,
    transport TEXT NOT NULL,
    received TEXT NOT NULL,
    sender TEXT NOT NULL,
    expires INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    cseq INTEGER NOT NULL,
    talks INTEGER NOT NULL,
    refused_talk INTEGER NOT NULL,
    by_hand INTEGER NOT NULL
);
CREATE UNIQUE INDEX binding_contact ON binding (dn, contact);
