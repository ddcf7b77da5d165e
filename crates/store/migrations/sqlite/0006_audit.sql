-- What is done to customers that no history tells for good, who was merged into whom, and what kept answers are about.

CREATE TABLE audit_entry (
    place INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    action TEXT,
    subject INTEGER,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_entry_of_subject ON audit_entry (subject);

ALTER TABLE customer ADD COLUMN merged_into INTEGER;
UPDATE customer SET merged_into = json_extract(body, '$.merged_into') WHERE json_extract(body, '$.merged_into') IS NOT NULL;
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE answer ADD COLUMN about TEXT;
CREATE INDEX answer_about ON answer (about) WHERE about IS NOT NULL;
