-- One table a kind of record, all alike: where it lives, its version, the columns that people and queries look for,
-- and all its values as readable JSON. `place` is tenant << 31 | id: one number that SQLite finds a row by in the
-- fewest pages, and that sorts the records of a tenant by id. Times are microseconds since 1970-01-01 UTC; the views show them as text.
-- `last_change` is the number of the record's last change in the history of its part; each change knows the one
-- before it, so a history is a walk of point reads and needs no index. `checksum` covers the row.

CREATE TABLE "tenant" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "user" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    username TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "key" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    username TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "session" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    expires_at INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "extra_field" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    domain TEXT,
    number INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "company" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "customer" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    status TEXT NOT NULL,
    name TEXT,
    email TEXT,
    username TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "category" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "priority" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "ticket" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    customer INTEGER,
    title TEXT,
    ticket_status TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "message" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    ticket INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE "answer" (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    expires_at INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE INDEX answer_by_end ON answer (expires_at);
CREATE INDEX ticket_of_customer ON ticket (customer);
CREATE INDEX message_of_ticket ON message (ticket);

-- Who owns a value that must be unique. `space` says among which values; see domain::credential::Space.
CREATE TABLE unique_key (
    part INTEGER NOT NULL,
    space INTEGER NOT NULL,
    value TEXT NOT NULL,
    owner_part INTEGER NOT NULL,
    owner_id INTEGER NOT NULL,
    PRIMARY KEY (part, space, value)
) WITHOUT ROWID, STRICT;

-- The next free id of a kind of record.
CREATE TABLE counter (
    part INTEGER NOT NULL,
    kind TEXT NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (part, kind)
) WITHOUT ROWID, STRICT;

-- History, outbox and feed in one. `link` is the hash of the link before it and of this row's facts and `digest`;
-- `digest` is the hash of `salt` and `fields`. Erasing a person empties salt and fields, and the chain still holds.
CREATE TABLE change (
    part INTEGER NOT NULL,
    number INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    dialect TEXT NOT NULL,
    operation TEXT NOT NULL,
    credential TEXT NOT NULL,
    client TEXT NOT NULL,
    request_id TEXT NOT NULL,
    operation_id BLOB NOT NULL,
    fields TEXT,
    salt BLOB,
    digest BLOB NOT NULL,
    link BLOB NOT NULL,
    PRIMARY KEY (part, number)
) WITHOUT ROWID, STRICT;
