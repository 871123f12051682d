-- Blobs outside of the blob folder.  Every object has a place of its own, written
-- down before its first byte: so what a dead process left is known without
-- asking the store what it holds, and removing one object can never meet a
-- writer of the same bytes.
CREATE TABLE core.blob_place (
  place      uuid PRIMARY KEY,
  store      text NOT NULL CHECK (store IN ('s3', 'rows')),
  sha256     bytea NOT NULL CHECK (length(sha256) = 32),
  size       bigint NOT NULL CHECK (size >= 0),
  state      text NOT NULL DEFAULT 'coming' CHECK (state IN ('coming', 'named', 'dead')),
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),   -- since when it is so
  retry_at   timestamptz NOT NULL DEFAULT '-infinity'          -- dead: nobody else removes it before
);
CREATE INDEX blob_place_loose ON core.blob_place (at) WHERE state <> 'named';

-- Store 'rows': an object in pieces, each a transaction of its own.
CREATE TABLE core.blob_piece (
  place      uuid NOT NULL REFERENCES core.blob_place,
  seq        int NOT NULL CHECK (seq >= 0),
  data       bytea NOT NULL,
  PRIMARY KEY (place, seq)
);
ALTER TABLE core.blob_piece ALTER data SET STORAGE EXTERNAL;

ALTER TABLE core.blob ADD place uuid REFERENCES core.blob_place;
CREATE UNIQUE INDEX blob_one_place ON core.blob (place) WHERE place IS NOT NULL;
ALTER TABLE core.blob DROP CONSTRAINT blob_store_check;
ALTER TABLE core.blob ADD CONSTRAINT blob_store_check CHECK (store IN ('pg', 'dir', 's3', 'rows'));
ALTER TABLE core.blob ADD CONSTRAINT blob_placed CHECK ((place IS NOT NULL) = (store IN ('s3', 'rows')));
INSERT INTO core.setting VALUES
  ('blob_coming_s',    '86400',      's',     'an object that got no row for this long is removed from its store');
