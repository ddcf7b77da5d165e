-- Languages, tables that a tenant defines, and what users are to be told.

CREATE TABLE language (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    code TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE extra_table (
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

CREATE TABLE extra_row (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    extra_table INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX extra_row_of_table ON extra_row (extra_table);

CREATE TABLE notification (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    user INTEGER,
    expires_at INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX notification_of_user ON notification (user);

CREATE TABLE notification_reader (
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
