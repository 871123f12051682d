#!/bin/sh
# render.sh OUT NAME=VALUE...: write an nginx configuration from darkroom.conf.in.
# Without arguments: list the variables with their defaults.
set -eu
share=$(cd "$(dirname "$0")" && pwd)

defaults="prefix=/var/lib/darkroom/nginx
listen=127.0.0.1:8080
server_name=_
fcgi=unix:/run/darkroom/fcgi-0.sock
blob_dir=/var/lib/darkroom/blobs
spool_dir=/var/lib/darkroom/upload
store_server=
store_scheme=https
store_host=
store_ca=/etc/ssl/certs/ca-certificates.crt
tls_certificate=
tls_key=
real_ip=
metrics_allow=
cors_origin=
rate_address=50
burst_address=400
rate_dap=500
burst_dap=2000
conn_address=2048
asset_max=2g
batch_max=16m
dap_job_max=32m
workers=auto
connections=16384
open_files=32768
keepalive=64"

if [ $# -eq 0 ]; then
	printf '%s\n' "$defaults"
	exit 0
fi
out=$1
shift

die() {
	echo "render.sh: $*" >&2
	exit 100
}

for pair in "$@"; do
	name=${pair%%=*} value=${pair#*=}
	[ "$name" != "$pair" ] || die "$pair: not NAME=VALUE"
	printf '%s\n' "$defaults" | grep -q "^$name=" || die "$name: no such variable"
	# Nothing that could end a directive and begin another.
	case $value in
	*[!A-Za-z0-9._/:,@%+=\ \[\]-]*) die "$name: a value may hold letters, digits and . _ / : , @ % + = [ ] -" ;;
	esac
done

tmp=$out.new
{
	printf '%s\n' "$defaults"
	printf '%s\n' "$@"
} | awk -v share="$share" '
	{ i = index($0, "="); if (i) v[substr($0, 1, i - 1)] = substr($0, i + 1) }
	function fail(text) {
		print "render.sh: " text > "/dev/stderr"
		failed = 1
		exit 100
	}
	function filled(line, item,    name, out) {
		while (match(line, /@[a-z_]+@/)) {
			name = substr(line, RSTART + 1, RLENGTH - 2)
			if (name != "item" && !(name in v))
				fail("no variable " name)
			out = out substr(line, 1, RSTART - 1) (name == "item" ? item : v[name])
			line = substr(line, RSTART + RLENGTH)
		}
		return out line
	}
	function render(file, indent,    path, line, own, word, rest, n, i, items, got) {
		path = share "/" file
		while ((got = (getline line < path)) > 0) {
			if (line ~ /^#/)
				continue
			if (!match(line, /^\t*%(if|each|include) +[a-z_.]+ */)) {
				print indent filled(line)
				continue
			}
			rest = substr(line, RLENGTH + 1)
			split(substr(line, 1, RLENGTH), word)
			match(line, /^\t*/)
			own = indent substr(line, 1, RLENGTH)
			if (word[1] ~ /include$/) {
				render(word[2], own)
				continue
			}
			n = word[1] ~ /if$/ ? v[word[2]] != "" : split(v[word[2]], items, ",")
			for (i = 1; i <= n; i++)
				if (rest ~ /^%include /)
					render(substr(rest, 10), own)
				else
					print own filled(rest, items[i])
		}
		if (got < 0)
			fail(path ": cannot be read")
		close(path)
	}
	END {
		if (failed)
			exit 100
		v["tls_listen"] = v["tls_certificate"] == "" ? "" : " ssl http2"
		print "# Made by render.sh from darkroom.conf.in: change that, or its variables."
		render("darkroom.conf.in", "")
	}' > "$tmp"
mv "$tmp" "$out"
