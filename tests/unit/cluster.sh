#!/bin/sh
# cluster.sh make|start|crash|stop DIR: a private PostgreSQL for a unit test, on
# a socket in DIR; make also applies the schema to the database "test".
set -eu
[ $# -eq 2 ] || { echo "usage: $0 make|start|crash|stop DIR" >&2; exit 100; }
dir=$2 bin=/usr/lib/postgresql/15/bin
top=$(cd "$(dirname "$0")/../.." && pwd)

# PostgreSQL refuses root; in a user namespace of its own it is somebody else.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		unshare --user --map-user=www-data --map-group=www-data "$@"
	else
		"$@"
	fi
}

start() {
	as_user "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/pg.log" start >/dev/null
}

case $1 in
make)
	as_user "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -N >/dev/null
	cat >>"$dir/data/postgresql.conf" <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$dir'
		fsync = off
		shared_buffers = 16MB
		max_connections = 20
	CONF
	start
	"$bin/createdb" -h "$dir" -U postgres test
	"$top/sql/apply.sh" "host=$dir user=postgres dbname=test"
	;;
start) start ;;
stop) as_user "$bin/pg_ctl" -D "$dir/data" -w -m fast stop >/dev/null ;;
crash) as_user "$bin/pg_ctl" -D "$dir/data" -w -m immediate stop >/dev/null ;;
*) exit 100 ;;
esac
