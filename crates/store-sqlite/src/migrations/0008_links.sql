-- The event of the same entity before this one, by its number; 0 for none. Nothing where an earlier release wrote it.
ALTER TABLE event ADD COLUMN before INTEGER;
-- The entity's newest event that names the one before.
ALTER TABLE snapshot ADD COLUMN newest INTEGER;
-- The kinds of the events up to the mark behind the mark before, each between two spaces.
ALTER TABLE mark ADD COLUMN kinds TEXT;

-- For the events of earlier releases. New ones are not in it, so that it costs them nothing.
CREATE INDEX event_unlinked ON event (entity, version) WHERE before IS NULL;

INSERT OR REPLACE INTO meta (name, value) VALUES ('schema.since', '6');
