#!/bin/sh
# run.sh DSN [FILE...]: pgTAP tests against a migrated database, as superuser.
# Every file rolls back what it did.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 DSN [FILE...]" >&2; exit 100; }
PGDATABASE=$1; export PGDATABASE
shift
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- tests/sql/*.sql
psql -Xq -c 'SET client_min_messages = warning' -c 'CREATE EXTENSION IF NOT EXISTS pgtap'
exec pg_prove "$@"
