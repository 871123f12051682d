#include "attr.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "../../base/cleanup.h"
#include "../sha256.h"

/*
 * utf8_locale: glibc's own C.UTF-8, which is part of the library and the same
 * on every machine.  Kept for the life of the process.
 */
static locale_t
utf8_locale(void)
{
	static locale_t loc;

	if (loc == NULL)
		loc = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	if (loc == NULL)
		abort();
	return loc;
}

/* lower: name in lower case without spaces; -1 when it does not fit. */
static int
lower(char out[AC_NAME_MAX + 1], const char *name)
{
	mbstate_t in = { 0 }, back = { 0 };
	size_t left = strlen(name), len = 0;

	while (left > 0) {
		char one[MB_LEN_MAX];
		wchar_t c;
		size_t n = mbrtowc(&c, name, left, &in);

		if (n == 0 || n > left)
			return -1;
		name += n;
		left -= n;
		if (c == L' ')
			continue;
		n = wcrtomb(one, (wchar_t)towlower((wint_t)c), &back);
		if (n > AC_NAME_MAX - len)
			return -1;
		memcpy(out + len, one, n);
		len += n;
	}
	out[len] = '\0';
	return len == 0 ? -1 : 0;
}

int
ac_attr_name(char out[AC_NAME_MAX + 1], const char *name)
{
	char got[AC_NAME_MAX + 1];
	locale_t before = uselocale(utf8_locale());
	int rc = lower(got, name);

	uselocale(before);
	if (rc == 0)
		memcpy(out, got, strlen(got) + 1);
	return rc;
}

bool
ac_attr_is(const char *name, const char *normal)
{
	char got[AC_NAME_MAX + 1];

	return ac_attr_name(got, name) == 0 && strcmp(got, normal) == 0;
}

bool
ac_attr_int(const char *raw, int32_t *v)
{
	bool minus = raw[0] == '-';
	const char *s = raw + (raw[0] == '-' || raw[0] == '+');
	int64_t n = 0;

	if (*s == '\0')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (*s - '0');
		if (n > (int64_t)INT32_MAX + 1)
			return false;
	}
	if (*s != '\0' || (!minus && n > INT32_MAX))
		return false;
	*v = (int32_t)(minus ? -n : n);
	return true;
}

void
ac_attr_encode(struct bn *out, const char *raw)
{
	uint8_t hash[SHA256_LEN];
	int32_t v;

	if (ac_attr_int(raw, &v)) {
		bn_set_i64(out, v);
		return;
	}
	sha256(hash, raw, strlen(raw));
	bn_from_bytes(out, hash, sizeof(hash));
}

void
ac_attr_encoded_text(char out[AC_ENCODED_MAX], const char *raw)
{
	CLEANUP(bn_release) struct bn n = BN_INIT;
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(AC_ENCODED_MAX);

	ac_attr_encode(&n, raw);
	bn_to_dec(&n, &b);
	memcpy(out, b.data, b.len + 1);
}

bool
ac_attr_encodes(const char *raw, const struct bn *encoded)
{
	CLEANUP(bn_release) struct bn n = BN_INIT;

	ac_attr_encode(&n, raw);
	return bn_eq(&n, encoded);
}
