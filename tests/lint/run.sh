#!/bin/sh
# lint: everything that reads the source.  --tap for the test runner.
# Each rule is a function that prints its findings and nothing when content.
set -u
cd "$(dirname "$0")/../.." || exit 111
sources() { git ls-files --cached --others --exclude-standard -- "$@"; }
c_files() { sources '*.c' '*.h'; }

forbidden_calls() {
	c_files | xargs grep -nE '\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|alloca|system|atoi|atol)\(' | grep -v 'tests/lint'
}
include_arrows() {	# fcgi, worker -> lib/{db,net,kind,proc,crypt,blob} -> lib/base
	sources 'lib/*.c' 'lib/*.h' | xargs grep -nE '#include "[^"]*(fcgi|worker|cli)/'
	sources 'lib/base/*' | xargs grep -nE '#include "\.\./(db|net|kind|proc|crypt|blob)/'
	sources 'fcgi/*' | xargs grep -nE '#include "[^"]*worker/'
	sources 'worker/*.c' 'worker/*.h' | xargs grep -nE '#include "[^"]*fcgi/'
	sources 'worker/runner/*' 'worker/exec/*' 'worker/fork/*' 'worker/cred/*' 'worker/agg/*' 'worker/sandbox/*.c' | xargs grep -nE '#include "[^"]*lib/db/'
}
sql_in_c() {	# prepared calls live in lib/db/stmt.def
	sources 'fcgi/*.c' 'worker/*.c' | xargs grep -nE '"(SELECT|INSERT|UPDATE|DELETE) ' | grep -vE 'LISTEN|advisory'
}
lone_headers() {
	flags="-D_GNU_SOURCE -std=gnu11 -fsyntax-only -Wall -Werror $(pkg-config --cflags libpq json-c)"
	for h in $(sources 'lib/*.h' 'fcgi/*.h' 'worker/*.h' 'cli/*.h'); do
		# shellcheck disable=SC2086
		gcc $flags -x c "$h" 2>&1 | grep -E 'error' | head -1
	done
}
clang_warnings() {
	# shellcheck disable=SC2046
	for f in $(sources 'lib/*.c' 'fcgi/*.c' 'worker/*.c' 'cli/*.c'); do
		clang -D_GNU_SOURCE -DDARKROOM_VERSION='""' -std=gnu11 -fsyntax-only -Wall -Wextra -Wshadow -Werror \
		    $(pkg-config --cflags libpq json-c) "$f" 2>&1 | grep -E 'error|warning'
	done
}
shell_scripts() {
	for f in $(sources '*.sh' .ci/run image/darkroom-image worker/sandbox/darkroom-doctor); do
		[ -f "$f" ] && head -1 "$f" | grep -qE 'sh$' && shellcheck -S warning "$f"
	done
}
manuals() {
	for f in $(sources 'docs/man/*.[1-8]'); do
		mandoc -T lint -W error "$f"
	done
}
settings_in_manual() {	# every row of lib/base/settings.c stands in darkroom.conf(5)
	[ -f docs/man/darkroom.conf.5 ] || { echo "no docs/man/darkroom.conf.5"; return; }
	grep -oE '\.name = "[a-z0-9_]+"|^[[:space:]]*\{ ?"[a-z0-9_]+"' lib/base/settings.c | grep -oE '"[a-z0-9_]+"' | tr -d '"' | sort -u |
	while read -r name; do
		grep -q "$name" docs/man/darkroom.conf.5 || echo "darkroom.conf.5 lacks $name"
	done
}
log_fields() {	# every field name stands in the list of lib/base/log.c
	sources 'lib/*.c' 'fcgi/*.c' 'worker/*.c' | xargs grep -ohE 'F_(STR|I64)\("[a-z0-9_]+"' | cut -d'"' -f2 | sort -u |
	while read -r name; do
		grep -q "\"$name\"" lib/base/log.c || echo "log.c does not know \"$name\""
	done
}
checks_named() {	# tests/checks.tsv: each check of the compute specification has a test, and that test names it
	for n in $(seq 1 34); do
		grep -q "^$n	" tests/checks.tsv || echo "tests/checks.tsv: no test proves check $n"
	done
	grep -v '^#' tests/checks.tsv | while IFS='	' read -r n file _; do
		grep -qE "[Cc]heck $n\b" "$file" || echo "tests/checks.tsv: $file does not name check $n"
	done
}
fault_points() {	# each row of lib/base/fault.def is used once, and nothing else is
	rows=$(grep -oE '^FAULT\([A-Z_]+' lib/base/fault.def | cut -d'(' -f2 | sort)
	used=$(sources 'lib/*.c' 'fcgi/*.c' 'worker/*.c' 'cli/*.c' | xargs grep -ohE 'FAULT_POINT\([A-Z_]+' | cut -d'(' -f2 | sort)
	for name in $(printf '%s\n' "$rows" "$used" | sort -u); do
		[ "$(echo "$rows" | grep -cx "$name") $(echo "$used" | grep -cx "$name")" = "1 1" ] ||
		    echo "$name: not one row of fault.def and one FAULT_POINT"
	done
}
left_overs() {
	sources '*.c' '*.h' '*.sql' '*.py' '*.sh' | grep -v '^tests/lint/' | xargs grep -nE '\b(TODO|FIXME|XXX)\b'
}
pauses() {	# a sleep in place of a wait is a race that is lost on a loaded machine; see tests/lint/pauses.py
	sources 'tests/*.py' | xargs tests/lint/pauses.py
	sources 'tests/*.c' 'tests/*.h' | xargs grep -nE '\b(u|nano|clock_nano)?sleep\(' | grep -v '/\* pause: [^ ]'
	sources 'tests/*.sh' | grep -v '^tests/lint/' | xargs grep -nE '(^|[;&|({[:space:]])sleep [0-9$"]' | grep -v '# pause: [^ ]'
}

n=0 bad=0
for rule in forbidden_calls include_arrows sql_in_c lone_headers clang_warnings shell_scripts manuals settings_in_manual log_fields checks_named fault_points left_overs pauses; do
	n=$((n + 1))
	found=$($rule 2>&1)
	if [ -z "$found" ]; then
		echo "ok $n - $rule"
	else
		bad=$((bad + 1))
		echo "not ok $n - $rule"
		echo "$found" | sed 's/^/# /'
	fi
done
echo "1..$n"
[ "$bad" = 0 ]
