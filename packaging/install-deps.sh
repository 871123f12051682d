#!/bin/sh
# install-deps.sh run|check|valgrind|bench|s3: install the Debian packages that are missing.
# Does nothing, and asks no network, when all are there.
set -eu
RUN="build-essential pkg-config libfcgi-dev libpq-dev libjson-c-dev libcurl4-openssl-dev libgcrypt20-dev libsodium-dev
libseccomp-dev libarchive-dev libssl-dev libsecp256k1-dev libgmp-dev zlib1g-dev postgresql-15 postgresql-client-15 nginx-light runc mmdebstrap python3 ca-certificates
util-linux openssl curl"
CHECK="postgresql-server-dev-15 postgresql-15-pgtap python3-cryptography clang libclang-rt-14-dev mandoc shellcheck wrk git
iproute2 procps systemd"
# Peers of the benches; npm often comes with a nodejs from elsewhere, which Debian's npm does not go with.
BENCH="python3-fastapi python3-uvicorn python3-uvloop python3-httptools python3-asyncpg"
command -v npm >/dev/null || BENCH="$BENCH npm"
S3="swift swift-proxy swift-account swift-container swift-object python3-boto3"
case "${1:-run}" in
run)	want="$RUN" ;;
check)	want="$RUN $CHECK" ;;
valgrind) want="$RUN valgrind" ;;
bench)	want="$BENCH" ;;
s3)	want="$S3" ;;
*)	echo "usage: install-deps.sh run|check|valgrind|bench|s3" >&2; exit 100 ;;
esac
missing=
for p in $want; do
	s=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)
	[ "$s" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "install-deps: as root, install:$missing" >&2
	exit 75
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# A fresh PostgreSQL or nginx package would start a server of its own: ours are
# private, so nothing is started that was not running before.
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' > "$policy"
	chmod 755 "$policy"
	made=1
fi
trap '[ -z "$made" ] || rm -f "$policy"' EXIT INT TERM
exec 9> /run/lock/darkroom-deps.lock
flock 9
# shellcheck disable=SC2086
if ! apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1; then
	apt-get update -qq
	# shellcheck disable=SC2086
	apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
