#!/bin/sh
# build.sh VERSION: build/darkroom_VERSION_ARCH.deb from what `make all` built.
set -eu
version=$1
cd "$(dirname "$0")/../.."
make all >/dev/null
arch=$(dpkg --print-architecture)
root=build/deb/root out=build/darkroom_${version}_$arch.deb
rm -rf build/deb
packaging/install.sh build "$root" /usr /etc
for p in "$root"/usr/bin/* "$root"/usr/lib/darkroom/*; do
	head -c 4 "$p" | grep -q ELF && strip --strip-unneeded "$p"
done
find "$root/usr/share/man" -type f -exec gzip -9n {} +
install -d "$root/usr/share/doc/darkroom"
install -m 644 packaging/deb/copyright "$root/usr/share/doc/darkroom/copyright"
gzip -9n < packaging/deb/changelog > "$root/usr/share/doc/darkroom/changelog.gz"
install -m 644 README.md docs/install.md "$root/usr/share/doc/darkroom/"
install -d "$root/DEBIAN"
for f in postinst prerm postrm; do install -m 755 "packaging/deb/$f" "$root/DEBIAN/$f"; done
(cd "$root" && find etc -type f | sed 's#^#/#' | sort) > "$root/DEBIAN/conffiles"
# Library dependencies from the binaries themselves.
mkdir -p build/deb/debian
printf 'Source: darkroom\n\nPackage: darkroom\nArchitecture: any\n' > build/deb/debian/control
libs=$(cd build/deb && dpkg-shlibdeps -O root/usr/bin/darkroom root/usr/lib/darkroom/darkroom-fcgi root/usr/lib/darkroom/darkroom-workerd \
    root/usr/lib/darkroom/darkroom-runner root/usr/lib/darkroom/darkroom-cred root/usr/lib/darkroom/darkroom-agg root/usr/lib/darkroom/darkroom-blob root/usr/lib/darkroom/darkroom-sandbox root/usr/lib/darkroom/darkroom-migrate root/usr/lib/darkroom/darkroom-keys 2>/dev/null |
    sed 's/^shlibs:Depends=//')
size=$(du -ks "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" -e "s/@LIBS@/$libs/" packaging/deb/control.in > "$root/DEBIAN/control"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -print | sed 's#^\./##' | LC_ALL=C sort | xargs md5sum) > "$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group --build "$root" "$out" >/dev/null
echo "$out"
