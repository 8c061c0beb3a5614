-- min_compatible_app_schema: 4
-- The bytes of avatars and exports where no bucket is configured.

CREATE TABLE storage_object (
  -- In the order of bytes, as buckets list.
  key           text COLLATE "C" PRIMARY KEY
                CHECK (key ~ '^(avatars|exports)/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'),
  content_type  text NOT NULL CHECK (length(content_type) BETWEEN 1 AND 100),
  sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  content       bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 16777216),
  created_at    timestamptz NOT NULL DEFAULT now()
);

-- Pictures and archives are compressed already.
ALTER TABLE storage_object ALTER COLUMN content SET STORAGE EXTERNAL;

-- An object never changes: it is put and removed.
CALL grant_to_app('SELECT, INSERT, DELETE', 'storage_object');
