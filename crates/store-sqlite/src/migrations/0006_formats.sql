-- The format of each stored document (the program's module `domain::format`); 1 is that of the releases that wrote none.
-- SQLite keeps the default of a column that was added beside the table: no row is written anew. Notifications have none:
-- they are the exact JSON that clients are given.

ALTER TABLE event ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE snapshot ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE message ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE task ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE http_session ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE bayeux_session ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
