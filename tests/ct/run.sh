#!/bin/sh
# run.sh FOLDER [NAME]...: the programs of tests/ct, built in FOLDER, under Valgrind; TAP.
# A step's line follows the reports of Valgrind that belong to it.
set -u
dir=$1
shift
if [ $# = 0 ]; then
	for source in "$(dirname "$0")"/c_*.c; do
		set -- "$@" "$(basename "$source" .c)"
	done
fi
n=0 bad=0
say() {	# say OK TEXT
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		bad=$((bad + 1))
		echo "not ok $n - $2"
	fi
}
grind() { valgrind -q --tool=memcheck --leak-check=no --num-callers=12 --expensive-definedness-checks=yes --error-limit=no \
	--suppressions="$(dirname "$0")/ct.supp" "$1" 2>&1; }

[ "$(grind "$dir/control" | grep -c '^not ok')" = 2 ]
say $? "the control is caught twice"
for name in "$@"; do
	out=$(grind "$dir/$name")
	status=$?
	echo "$out" | sed 's/^/# /'
	say $status "$name"
done
echo "1..$n"
[ "$bad" = 0 ]
