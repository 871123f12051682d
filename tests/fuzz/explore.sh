#!/bin/sh
# explore.sh FOLDER SECONDS: run each libFuzzer target of FOLDER for SECONDS.
# New inputs go to build/corpus/NAME; a finding ends the run and is kept in build/.
set -eu
dir=$1 seconds=$2
for f in "$dir"/f_*; do
	case $f in *.d) continue ;; esac
	name=$(basename "$f"); corpus=tests/fuzz/corpus/${name#f_}
	dict=tests/fuzz/dict/${name#f_}.dict
	[ -f "$dict" ] && set -- -dict="$dict" || set --
	mkdir -p "build/corpus/$name"
	echo "== $name: $seconds s"
	"$f" "$@" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix="build/finding-$name-" "build/corpus/$name" "$corpus" 2>&1 | tail -n 6
done
