#!/bin/sh
# install.sh BUILD DESTDIR PREFIX SYSCONFDIR: what `make install` and the package do.
# Configuration files that exist are left alone.
set -eu
build=$1 dest=$2 prefix=$3 sysconf=$4
cd "$(dirname "$0")/.."
libexec=$dest$prefix/lib/darkroom share=$dest$prefix/share/darkroom

install -d "$dest$prefix/bin" "$libexec" "$share/sql" "$share/nginx" "$share/image" "$share/zygote"
install -m 755 "$build/darkroom" "$dest$prefix/bin/darkroom"
ln -sf darkroom "$dest$prefix/bin/darkroom-prio"
for p in darkroom-fcgi darkroom-workerd darkroom-runner darkroom-cred darkroom-agg darkroom-sandbox darkroom-blob darkroom-migrate darkroom-keys darkroom-image darkroom-doctor; do
	install -m 755 "$build/$p" "$libexec/$p"
done
[ ! -e "$build/darkroom-jail.so" ] || install -m 644 "$build/darkroom-jail.so" "$libexec/darkroom-jail.so"
(cd sql && find . -name '*.sql' | sort) | while read -r f; do
	install -D -m 644 "sql/$f" "$share/sql/$f"
done
for f in nginx/*; do install -m "$([ -x "$f" ] && echo 755 || echo 644)" "$f" "$share/nginx/"; done
for f in image/*.recipe; do install -m 644 "$f" "$share/image/"; done
for f in worker/sandbox/zygote/*.py; do install -m 644 "$f" "$share/zygote/"; done
for f in docs/man/*.[1-8]; do install -D -m 644 "$f" "$dest$prefix/share/man/man${f##*.}/$(basename "$f")"; done
for f in packaging/systemd/*.service; do install -D -m 644 "$f" "$dest/lib/systemd/system/$(basename "$f")"; done
install -D -m 644 packaging/systemd/darkroom.sysusers "$dest$prefix/lib/sysusers.d/darkroom.conf"
install -D -m 644 packaging/systemd/darkroom.tmpfiles "$dest$prefix/lib/tmpfiles.d/darkroom.conf"
install -D -m 644 cli/completion/darkroom.bash "$dest$prefix/share/bash-completion/completions/darkroom"
ln -sf darkroom "$dest$prefix/share/bash-completion/completions/darkroom-prio"
install -D -m 644 cli/completion/_darkroom "$dest$prefix/share/zsh/vendor-completions/_darkroom"
install -D -m 644 cli/completion/darkroom.fish "$dest$prefix/share/fish/vendor_completions.d/darkroom.fish"
ln -sf darkroom.fish "$dest$prefix/share/fish/vendor_completions.d/darkroom-prio.fish"
for f in packaging/etc/*; do
	t=$dest$sysconf/darkroom/$(basename "$f")
	[ -e "$t" ] || install -D -m 644 "$f" "$t"
done
