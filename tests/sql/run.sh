#!/bin/sh
# run.sh DSN [FILE...]: pgTAP tests against a migrated database, as superuser.
# Every file rolls back what it did.  prove(1) calls this script for each file.
set -eu
if [ "${DR_TEST_DSN:-}" ]; then
	exec psql -XqAt -v ON_ERROR_STOP=1 -P pager=off -d "$DR_TEST_DSN" -f "$1"
fi
[ $# -ge 1 ] || { echo "usage: $0 DSN [FILE...]" >&2; exit 100; }
DR_TEST_DSN=$1; export DR_TEST_DSN
shift
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- tests/sql/*.sql
PGOPTIONS="-c client_min_messages=warning" psql -Xq -d "$DR_TEST_DSN" -c 'CREATE EXTENSION IF NOT EXISTS pgtap'
exec prove --exec tests/sql/run.sh "$@"
