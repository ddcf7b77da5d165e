-- What dialects learned of other installations.

CREATE TABLE wsdl (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    dialect TEXT,
    port TEXT,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
