-- What dialects learned of other installations.

CREATE TABLE IF NOT EXISTS wsdl (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    dialect TEXT,
    port TEXT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);
