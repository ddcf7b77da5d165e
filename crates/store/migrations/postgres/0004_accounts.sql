-- What customers advertise with.

CREATE TABLE IF NOT EXISTS account (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    customer BIGINT,
    name TEXT,
    account_status TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);
CREATE INDEX IF NOT EXISTS account_of_customer ON account (part, customer);
