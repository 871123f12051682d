#!/bin/sh
# The sandbox on a host whose control groups are v2 alone: a Debian kernel in an
# emulated machine, without any other software than the tests need.
#
#	tests/vm/run.sh [TEST...]	(files of tests/hostile without path; default below)
#
# Needs qemu-system-x86, a built tree, the minimal image, runc and crun, and the
# network once: kernel and busybox are fetched with apt-get into build/vm.  Emulated, so slow, and no part of
# `make check`.  Each test is run with both runtimes.  TAP on stdout.
# Environment: DR_VM_SECONDS until the machine is given up (default 3600).
set -eu
top=$(readlink -f "$(dirname "$0")/../..")
vm=$top/build/vm
images=${XDG_CACHE_HOME:-$HOME/.cache}/darkroom/images
[ $# -gt 0 ] || set -- h_ends h_memory h_processes h_privilege h_reach

need() { command -v "$1" >/dev/null || { echo "1..0 # SKIP $1 is not installed"; exit 0; }; }
need qemu-system-x86_64
need runc
need crun

fetch() {	# fetch PACKAGE FOLDER: unpack a package without installing it
	[ -d "$vm/$2" ] && return
	mkdir -p "$vm/deb" "$vm/$2.part"
	(cd "$vm/deb" && apt-get download "$1" >/dev/null 2>&1)
	dpkg-deb -x "$vm/deb/$1"_*.deb "$vm/$2.part"
	mv "$vm/$2.part" "$vm/$2"
}

program() {	# program PATH...: into the machine's tree, with the libraries it loads
	for p; do
		mkdir -p "$root/${p%/*}"
		cp -L "$p" "$root/$p"
		ldd "$p" | awk '$3 ~ /^\// { print $3 }' | while read -r lib; do
			mkdir -p "$root/${lib%/*}"
			[ -e "$root/$lib" ] || cp -L "$lib" "$root/$lib"
		done
	done
}

kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
fetch "$kernel" kernel
fetch busybox-static busybox

root=$vm/root
rm -rf "$root"
mkdir -p "$root"
cp -a "$images/minimal/rootfs/." "$root"
rm -rf "${root:?}/artifacts" "$root/data" "$root/in" "$root/jail" "$root/out" "$root/workspace"
mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/mnt" "$root/tmp" "$root/root/.cache/darkroom/images" "$root/usr/sbin"
cp "$vm/busybox/bin/busybox" "$root/usr/bin/busybox"
for applet in sh mount mkdir ip insmod poweroff timeout uname cat env grep; do
	[ -e "$root/usr/bin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"
done
program "$(command -v runc)" "$(command -v crun)" "$(command -v unshare)" "$(command -v umount)"
cp -a "$(readlink -f "$images/minimal")" "$root/root/.cache/darkroom/images/minimal"
mkdir -p "$root/tree/build"
cp -a "$top/tests" "$top/worker" "$root/tree"
program "$top/build/darkroom-sandbox"
mv "$root$top/build/darkroom-sandbox" "$root/tree/build/"
cp "$top/build/darkroom-jail.so" "$root/tree/build/"
find "$vm/kernel/lib/modules" -name overlay.ko -exec cp {} "$root/overlay.ko" \;
printf '%s\n' "$@" > "$root/tests"
cp "$top/tests/vm/init" "$root/init.second"

# The first file system cannot be pivoted away from, so a second one is filled from it.
boot=$vm/boot
rm -rf "$boot"
mkdir -p "$boot/bin" "$boot/dev" "$boot/proc" "$boot/new"
cp "$vm/busybox/bin/busybox" "$boot/bin/busybox"
(cd "$root" && tar -cf "$boot/root.tar" .)
cat > "$boot/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t tmpfs -o size=1500m,mode=755 root /new
/bin/busybox tar -xf /root.tar -C /new
exec /bin/busybox switch_root /new /init.second
INIT
chmod 755 "$boot/init" "$root/init.second"
(cd "$boot" && find . | "$vm/busybox/bin/busybox" cpio -o -H newc 2>/dev/null) > "$vm/initrd"

timeout "${DR_VM_SECONDS:-3600}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 \
	-nodefaults -no-reboot -display none -serial stdio -kernel "$vm"/kernel/boot/vmlinuz-* -initrd "$vm/initrd" \
	-append "console=ttyS0 quiet panic=-1 random.trust_cpu=on mitigations=off" </dev/null | tr -d '\r'
