-- Who guessed names and secrets at a node, as a keyed hash, and must wait at all of them.
CREATE TABLE IF NOT EXISTS lock_out (
    node TEXT NOT NULL,
    who BYTEA NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (node, who)
);
