#!/bin/sh
# run.sh DSN [SPEC...]: interleavings of sessions against a migrated database, as
# superuser; one TAP line a spec.  A spec cleans up what it commits.
# What the specs of one noun share is in NOUN.setup, which goes before them.
# DR_RACE_ACCEPT=1 writes what was seen as what is expected: read it first.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 DSN [SPEC...]" >&2; exit 100; }
dsn=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
tester=${DR_ISOLATIONTESTER:-/usr/lib/postgresql/15/lib/pgxs/src/test/isolation/isolationtester}
[ $# -gt 0 ] || set -- "$here"/*.spec
out=$(mktemp)
trap 'rm -f "$out"' EXIT

echo "1..$#"
n=0 failed=0
for spec in "$@"; do
	n=$((n + 1))
	name=$(basename "$spec" .spec)
	want=$here/expected/$name.out
	common=$here/${name%%_*}.setup
	[ -e "$common" ] || common=/dev/null
	if ! cat "$common" "$spec" | "$tester" "$dsn" >"$out" 2>&1; then
		echo "isolationtester failed" >>"$out"
	elif [ "${DR_RACE_ACCEPT:-}" ]; then
		cp "$out" "$want"
	fi
	if diff -u "$want" "$out" >"$out.diff" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$out.diff"
		failed=1
	fi
	rm -f "$out.diff"
done
exit $failed
