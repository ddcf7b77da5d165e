-- One table a kind of record, all alike, as in the embedded store: where it lives, its version, the columns that
-- people and queries look for, and all its values as readable JSON. Every key starts with the part (tenant << 20 |
-- bucket), so that an engine can spread a tenant over machines. Times are microseconds since 1970-01-01 UTC.
-- `last_change` is the number of the record's last change in the history of its part. `checksum` covers the row.
-- Each statement stands alone and can be run again: a step that was interrupted is taken once more from its start.

CREATE TABLE IF NOT EXISTS "tenant" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "user" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    username TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "key" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    username TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "session" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    expires_at BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "extra_field" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    domain TEXT,
    number BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "company" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "customer" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    status TEXT NOT NULL,
    name TEXT,
    email TEXT,
    username TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "category" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "priority" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "ticket" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    customer BIGINT,
    title TEXT,
    ticket_status TEXT,
    owner BIGINT,
    category BIGINT,
    priority BIGINT,
    external BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "message" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    ticket BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "attachment" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    message BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "answer" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    expires_at BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "language" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    code TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "extra_table" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "extra_row" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    extra_table BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "notification" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    "user" BIGINT,
    expires_at BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "notification_reader" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    expires_at BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "webhook" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "delivery" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    retry_at BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE TABLE IF NOT EXISTS "dead_letter" (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    webhook BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);

CREATE INDEX IF NOT EXISTS answer_by_end ON answer (part, expires_at);
CREATE INDEX IF NOT EXISTS ticket_of_customer ON ticket (part, customer);
CREATE INDEX IF NOT EXISTS ticket_of_owner ON ticket (part, owner);
CREATE INDEX IF NOT EXISTS message_of_ticket ON message (part, ticket);
CREATE INDEX IF NOT EXISTS attachment_of_message ON attachment (part, message);
CREATE INDEX IF NOT EXISTS extra_row_of_table ON extra_row (part, extra_table);
CREATE INDEX IF NOT EXISTS notification_of_user ON notification (part, "user");
CREATE INDEX IF NOT EXISTS dead_letter_of_webhook ON dead_letter (part, webhook);

-- The bytes of an attachment, in chunks numbered from 0.
CREATE TABLE IF NOT EXISTS attachment_content (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id, number)
);

-- Who owns a value that must be unique. `space` says among which values; see domain::credential::Space.
CREATE TABLE IF NOT EXISTS unique_key (
    part BIGINT NOT NULL,
    space BIGINT NOT NULL,
    value TEXT NOT NULL,
    owner_part BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    PRIMARY KEY (part, space, value)
);

-- The next free id of a kind of record.
CREATE TABLE IF NOT EXISTS counter (
    part BIGINT NOT NULL,
    kind TEXT NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (part, kind)
);

-- The number and link of the last change of each part. Who changes anything in a part holds its row from before the
-- first read to the commit: so the writers of all nodes follow each other, and numbers have no gaps.
CREATE TABLE IF NOT EXISTS head (
    part BIGINT NOT NULL,
    number BIGINT NOT NULL,
    link BYTEA NOT NULL,
    PRIMARY KEY (part)
);

-- History, outbox and feed in one. `link` is the hash of the link before it and of this row's facts and `digest`;
-- `digest` is the hash of `salt` and `fields`. Erasing a person empties salt and fields, and the chain still holds.
CREATE TABLE IF NOT EXISTS change (
    part BIGINT NOT NULL,
    number BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    dialect TEXT NOT NULL,
    operation TEXT NOT NULL,
    credential TEXT NOT NULL,
    client TEXT NOT NULL,
    request_id TEXT NOT NULL,
    operation_id BYTEA NOT NULL,
    fields TEXT,
    salt BYTEA,
    digest BYTEA NOT NULL,
    link BYTEA NOT NULL,
    PRIMARY KEY (part, number)
);

-- Grows when what nodes remember of each other's records changes: users, keys, tenants, webhooks, extra fields.
CREATE TABLE IF NOT EXISTS epoch (
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (name)
);
INSERT INTO epoch (name, number) VALUES ('credentials', 1) ON CONFLICT (name) DO NOTHING;

-- The nodes that share the store; one that does not renew its row in time is gone.
CREATE TABLE IF NOT EXISTS node (
    id TEXT NOT NULL,
    address TEXT NOT NULL,
    release TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (id)
);
