-- What is done to customers that no history tells for good, who was merged into whom, and what kept answers are about.

CREATE TABLE IF NOT EXISTS audit_entry (
    part BIGINT NOT NULL,
    id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    action TEXT,
    subject BIGINT,
    body TEXT NOT NULL,
    checksum BIGINT NOT NULL,
    PRIMARY KEY (part, id)
);
CREATE INDEX IF NOT EXISTS audit_entry_of_subject ON audit_entry (part, subject);
ALTER TABLE customer ADD COLUMN IF NOT EXISTS merged_into BIGINT;
UPDATE customer SET merged_into = (body::json ->> 'merged_into')::bigint WHERE body::json ->> 'merged_into' IS NOT NULL;
CREATE INDEX IF NOT EXISTS customer_merged ON customer (part, merged_into);
ALTER TABLE answer ADD COLUMN IF NOT EXISTS about TEXT;
CREATE INDEX IF NOT EXISTS answer_about ON answer (part, about);
