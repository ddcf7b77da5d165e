-- What programs call with for a user, for a time.

CREATE TABLE IF NOT EXISTS token (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    "user" BIGINT,
    kept_until BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);
CREATE INDEX IF NOT EXISTS token_by_end ON token (part, kept_until);
