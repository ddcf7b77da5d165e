-- What programs call with for a user, for a time.

CREATE TABLE token (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    user INTEGER,
    kept_until INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX token_by_end ON token (kept_until);
