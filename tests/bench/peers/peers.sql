-- The peers' tables: `bare` for one INSERT, `result` for one SELECT, the others for the like-for-like duty:
-- as many tables, rows and indexes as a job of Darkroom's has, without partitions and without foreign keys.
CREATE SCHEMA peer;
CREATE TABLE peer.bare (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  spec       jsonb NOT NULL
);
CREATE TABLE peer.result (
  id         text PRIMARY KEY,
  principal  int NOT NULL,
  status     text NOT NULL,
  phase      text NOT NULL,
  priority   int NOT NULL,
  attempt    int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  exit_code  int,
  output_truncated boolean NOT NULL,
  output     text NOT NULL
);
CREATE TABLE peer.principal (id int PRIMARY KEY, enabled boolean NOT NULL);
CREATE TABLE peer.token (
  sha256     bytea PRIMARY KEY,
  principal  int NOT NULL,
  scopes     text[] NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE TABLE peer.asset (id bigint PRIMARY KEY, owner int NOT NULL, asset_id text NOT NULL, version int NOT NULL, removed_at timestamptz);
CREATE TABLE peer.lease (
  serial     bigint PRIMARY KEY,
  lease_id   text NOT NULL UNIQUE,
  owner      int NOT NULL,
  consumer   int NOT NULL,
  state      text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE peer.lease_asset (serial bigint, asset bigint, PRIMARY KEY (serial, asset));

CREATE TABLE peer.job (
  id         uuid PRIMARY KEY,
  principal  int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '1 day',
  spec       jsonb NOT NULL
);
CREATE INDEX ON peer.job (expires_at, id);
CREATE TABLE peer.ready (lane int, tenant int, rank bigint, id uuid, PRIMARY KEY (lane, tenant, rank, id));
CREATE TABLE peer.computation (
  job_id     uuid PRIMARY KEY,
  public_id  text NOT NULL UNIQUE,
  principal  int NOT NULL,
  serial     bigint NOT NULL,
  script     bytea NOT NULL,
  variables  text[] NOT NULL,
  assets     bigint[] NOT NULL,
  versions   int[] NOT NULL,
  owner      int NOT NULL,
  finished_at timestamptz
);
CREATE INDEX ON peer.computation (principal, job_id DESC);
CREATE INDEX ON peer.computation (owner, job_id DESC);
CREATE INDEX ON peer.computation (principal, serial) WHERE finished_at IS NULL;
CREATE TABLE peer.event (
  seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  actor      int NOT NULL,
  verb       text NOT NULL,
  object     text NOT NULL
);
CREATE INDEX ON peer.event (object, seq);
CREATE TABLE peer.idem (
  principal  int,
  key        text,
  digest     bytea NOT NULL,
  job_id     uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, key)
);
CREATE INDEX ON peer.idem (created_at);
