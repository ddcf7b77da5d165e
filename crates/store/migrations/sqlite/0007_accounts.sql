-- What customers advertise with.

CREATE TABLE account (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    customer INTEGER,
    name TEXT,
    account_status TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX account_of_customer ON account (customer);
