-- What tickets are looked for by, and attachments with their bytes.

ALTER TABLE ticket ADD COLUMN owner INTEGER;
ALTER TABLE ticket ADD COLUMN category INTEGER;
ALTER TABLE ticket ADD COLUMN priority INTEGER;
ALTER TABLE ticket ADD COLUMN external INTEGER;
UPDATE ticket SET
    ticket_status = ifnull(ticket_status, 'open'),
    owner = json_extract(body, '$.owner'),
    category = json_extract(body, '$.category'),
    priority = json_extract(body, '$.priority'),
    external = json_extract(body, '$.external');
CREATE INDEX ticket_of_owner ON ticket (owner);

CREATE TABLE attachment (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    message INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_of_message ON attachment (message);

-- The bytes of an attachment, in chunks numbered from 0. `place` is the attachment's.
CREATE TABLE attachment_content (
    place INTEGER NOT NULL,
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX attachment_content_of ON attachment_content (place, number);
