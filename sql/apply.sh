#!/bin/sh
# apply.sh DSN: bring a database to this tree's schema, for development and
# tests.  darkroom-migrate(8) does the same for production, and remembers it in
# core.migration; here a database that has the schema core keeps its tables and
# gets the replaceable files (core, api, ops, role) again, in one transaction.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 DSN" >&2; exit 100; }
dsn=$1
dir=$(cd "$(dirname "$0")" && pwd)
LC_ALL=C; export LC_ALL		# one order of files everywhere

run() {
	psql -X -q -v ON_ERROR_STOP=1 -d "$dsn" "$@"
}

# schema files: one transaction each; 0001 changes the role by itself
if [ -z "$(run -Atc "SELECT 1 FROM pg_namespace WHERE nspname = 'core'")" ]; then
	for f in "$dir"/schema/[0-9]*.sql; do
		case $f in
		*/0001_*) role="SELECT 1" ;;
		*) role="SET LOCAL ROLE darkroom_owner" ;;
		esac
		run -o /dev/null -1 -c "$role" -f "$f"
	done
fi

set -- -c "SET LOCAL ROLE darkroom_owner"
for f in "$dir"/core/*.sql "$dir"/api/*.sql "$dir"/ops/*.sql "$dir"/role/*.sql; do
	[ -e "$f" ] && set -- "$@" -f "$f"
done
run -o /dev/null -1 "$@"
