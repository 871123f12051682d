/* HPKE: the figures of RFC 9180, appendices A.1.1 and A.2.1; what must not open. */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/hpke/schedule.h"
#include "../tap.h"

#define INFO	"4f6465206f6e2061204772656369616e2055726e"
#define TEXT	"4265617574792069732074727574682c20747275746820626561757479"

static const struct figures {
	const char *name;
	uint16_t aead;
	const char *eph, *enc, *secret, *public, *context, *key, *nonce;
	struct { uint64_t seq; const char *aad, *nonce, *text; } messages[6];
} figures[] = {
	{
		.name = "A.1.1, AES-128-GCM", .aead = HPKE_AEAD_AES128GCM,
		.eph = "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
		.enc = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
		.secret = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
		.public = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
		.context = "00725611c9d98c07c03f60095cd32d400d8347d45ed67097bbad50fc56da742d07cb6cff"
		    "de367bb0565ba28bb02c90744a20f5ef37f30523526106f637abb05449",
		.key = "4531685d41d65f03dc48f6b8302c05b0",
		.nonce = "56d890e5accaaf011cff4b7d",
		.messages = {
			{ 0, "436f756e742d30", "56d890e5accaaf011cff4b7d",
			    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac"
			    "83d07bea87e13c512a" },
			{ 1, "436f756e742d31", "56d890e5accaaf011cff4b7c",
			    "af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c2"
			    "2a56b8ca42c2063b84" },
			{ 2, "436f756e742d32", "56d890e5accaaf011cff4b7f",
			    "498dfcabd92e8acedc281e85af1cb4e3e31c7dc394a1ca20e173cb72516491588d96a19a"
			    "d4a683518973dcc180" },
			{ 4, "436f756e742d34", "56d890e5accaaf011cff4b79",
			    "583bd32bc67a5994bb8ceaca813d369bca7b2a42408cddef5e22f880b631215a09fc0012"
			    "bc69fccaa251c0246d" },
			{ 255, "436f756e742d323535", "56d890e5accaaf011cff4b82",
			    "7175db9717964058640a3a11fb9007941a5d1757fda1a6935c805c21af32505bf106deef"
			    "ec4a49ac38d71c9e0a" },
			{ 256, "436f756e742d323536", "56d890e5accaaf011cff4a7d",
			    "957f9800542b0b8891badb026d79cc54597cb2d225b54c00c5238c25d05c30e3fbeda97d"
			    "2e0e1aba483a2df9f2" },
		},
	},
	{
		.name = "A.2.1, ChaCha20-Poly1305", .aead = HPKE_AEAD_CHACHA20POLY1305,
		.eph = "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600",
		.enc = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
		.secret = "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
		.public = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
		.context = "00431df6cd95e11ff49d7013563baf7f11588c75a6611ee2a4404a49306ae4cfc5b69c57"
		    "18a60cc5876c358d3f7fc31ddb598503f67be58ea1e798c0bb19eb9796",
		.key = "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91",
		.nonce = "5c4d98150661b848853b547f",
		.messages = {
			{ 0, "436f756e742d30", "5c4d98150661b848853b547f",
			    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62"
			    "ce81883d2dd1b51a28" },
			{ 1, "436f756e742d31", "5c4d98150661b848853b547e",
			    "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337"
			    "cc95ba5f59992dc98c" },
			{ 2, "436f756e742d32", "5c4d98150661b848853b547d",
			    "71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0cb4b02b4f10eca"
			    "c6f48c32f878fae86b" },
			{ 4, "436f756e742d34", "5c4d98150661b848853b547b",
			    "63357a2aa291f5a4e5f27db6baa2af8cf77427c7c1a909e0b37214dd47db122bb153495f"
			    "f0b02e9e54a50dbe16" },
			{ 255, "436f756e742d323535", "5c4d98150661b848853b5480",
			    "18ab939d63ddec9f6ac2b60d61d36a7375d2070c9b683861110757062c52b8880a5f6b39"
			    "36da9cd6c23ef2a95c" },
			{ 256, "436f756e742d323536", "5c4d98150661b848853b557f",
			    "7a4a13e9ef23978e2c520fd4d2e757514ae160cd0cd05e556ef692370ca53076214c0c40"
			    "d4c728d6ed9e727a5b" },
		},
	},
};

static void
test_messages(const struct figures *f, struct hpke_party *p, const struct hpke_keys *k)
{
	uint8_t aad[16], text[64], want[80], got[80], nonce[HPKE_NONCE];
	size_t n = unhex(text, TEXT);

	for (size_t i = 0; i < sizeof(f->messages) / sizeof(*f->messages); i++) {
		size_t aad_len = unhex(aad, f->messages[i].aad);

		unhex(want, f->messages[i].nonce);
		hpke_nonce(nonce, k, f->messages[i].seq);
		is_mem(nonce, want, sizeof(nonce), "%s: nonce of message %d", f->name, (int)f->messages[i].seq);
		is_int((int64_t)unhex(want, f->messages[i].text), (int64_t)(n + HPKE_MORE), "it has text and tag");
		hpke_crypt_seal(p, k, f->messages[i].seq, got, aad, aad_len, text, n);
		is_mem(got, want, n + HPKE_MORE, "sealed as published");
		ok(hpke_crypt_open(p, k, f->messages[i].seq, got, aad, aad_len, got, n + HPKE_MORE), "opens in place");
		is_mem(got, text, n, "to the text");
		ok(!hpke_crypt_open(p, k, f->messages[i].seq + 1, got, aad, aad_len, want, n + HPKE_MORE),
		    "not under another number");
	}
}

/* Both sides derive what the RFC says. */
static void
test_figures(const struct figures *f)
{
	const struct hpke_suite suite = { HPKE_KEM_X25519, HPKE_KDF_SHA256, f->aead };
	CLEANUP(hpke_opener_release) struct hpke_opener o = HPKE_OPENER_INIT;
	CLEANUP(hpke_sealer_release) struct hpke_sealer s = HPKE_SEALER_INIT;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	uint8_t info[32], want[HPKE_CONTEXT], public[HPKE_KEY], eph[HPKE_KEY], enc[HPKE_ENC], text[80], aad[16];
	size_t info_len = unhex(info, INFO), n;
	struct hpke_keys k, back;

	if (secret_alloc(&key, HPKE_KEY, NULL) == -1)
		return;
	unhex(key.p, f->secret);
	unhex(public, f->public);
	unhex(eph, f->eph);
	unhex(enc, f->enc);
	is_int(hpke_opener_init(&o, &suite, &key, info, info_len, NULL), 0, "%s: an opener", f->name);
	is_int(hpke_sealer_init(&s, &suite, public, sizeof(public), info, info_len, NULL), 0, "a sealer");
	is_mem(o.party.receiver, public, sizeof(public), "the public key");
	unhex(want, f->context);
	is_mem(s.party.context, want, sizeof(s.party.context), "key_schedule_context");
	is_int(hpke_schedule(&k, &s.party, eph, public, enc, NULL), 0, "the sender agrees");
	is_int(hpke_schedule(&back, &o.party, key.p, enc, enc, NULL), 0, "the receiver agrees");
	n = unhex(want, f->key);
	is_mem(k.key, want, n, "key");
	is_mem(back.key, want, n, "on both sides");
	unhex(want, f->nonce);
	is_mem(k.base_nonce, want, sizeof(k.base_nonce), "base_nonce");
	test_messages(f, &o.party, &k);
	n = unhex(text, f->messages[0].text);
	is_int(hpke_open(&o, text, enc, sizeof(enc), aad, unhex(aad, f->messages[0].aad), text, n, NULL), 0,
	    "the first message opens in a single shot");
	unhex(want, TEXT);
	is_mem(text, want, n - HPKE_MORE, "to the text");
}

/* What was sealed here opens, and nothing near it does. */
static void
test_flips(uint16_t aead)
{
	const struct hpke_suite suite = { HPKE_KEM_X25519, HPKE_KDF_SHA256, aead };
	CLEANUP(hpke_opener_release) struct hpke_opener o = HPKE_OPENER_INIT;
	CLEANUP(hpke_opener_release) struct hpke_opener other = HPKE_OPENER_INIT;
	CLEANUP(hpke_sealer_release) struct hpke_sealer s = HPKE_SEALER_INIT;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	uint8_t public[HPKE_KEY], enc[HPKE_ENC], box[100 + HPKE_MORE], out[100], zero[100] = { 0 };
	char aad[] = "associated", text[100] = "text";
	unsigned opened = 0, left = 0;
	struct err e = ERR_INIT;

	if (x25519_make(&key, public, NULL) == -1 || hpke_opener_init(&o, &suite, &key, "info", 4, NULL) == -1 ||
	    hpke_opener_init(&other, &suite, &key, "inf0", 4, NULL) == -1 ||
	    hpke_sealer_init(&s, &suite, public, sizeof(public), "info", 4, NULL) == -1)
		return;
	is_int(hpke_seal(&s, enc, box, aad, sizeof(aad), text, sizeof(text), NULL), 0, "AEAD %d seals", aead);
	is_int(hpke_open(&o, out, enc, sizeof(enc), aad, sizeof(aad), box, sizeof(box), NULL), 0, "opens");
	is_mem(out, text, sizeof(text), "to the same");
	for (size_t bit = 0; bit < 8 * (sizeof(enc) + sizeof(aad) + sizeof(box)); bit += 3) {
		uint8_t *at = bit / 8 < sizeof(enc) ? enc + bit / 8 : bit / 8 < sizeof(enc) + sizeof(aad) ?
		    (uint8_t *)aad + bit / 8 - sizeof(enc) : box + bit / 8 - sizeof(enc) - sizeof(aad);

		/* the top bit of a coordinate is ignored by the agreement, but not by the schedule */
		*at ^= (uint8_t)(1 << bit % 8);
		memset(out, 1, sizeof(out));
		opened += hpke_open(&o, out, enc, sizeof(enc), aad, sizeof(aad), box, sizeof(box), NULL) == 0;
		left += memcmp(out, zero, sizeof(out)) != 0;
		*at ^= (uint8_t)(1 << bit % 8);
	}
	is_int(opened, 0, "no flipped bit opens");
	is_int(left, 0, "and nothing is left of the text");
	is_int(hpke_open(&other, out, enc, sizeof(enc), aad, sizeof(aad), box, sizeof(box), &e), -1, "other info");
	is_int(e.code, ERR_CRYPTO, "is ERR_CRYPTO");
	for (size_t n = 0; n < sizeof(box); n++)
		opened += hpke_open(&o, out, enc, sizeof(enc), aad, sizeof(aad), box, n, NULL) == 0;
	is_int(opened, 0, "nor does what was cut");
	is_int(hpke_open(&o, out, enc, sizeof(enc) - 1, aad, sizeof(aad), box, sizeof(box), NULL), -1, "a short enc");
}

static void
test_edges(void)
{
	const struct hpke_suite good = { HPKE_KEM_X25519, HPKE_KDF_SHA256, HPKE_AEAD_AES128GCM };
	static const struct hpke_suite bad[] = { { 0x10, 1, 1 }, { 0x20, 2, 1 }, { 0x20, 1, 2 }, { 0x20, 1, 0xffff }, };
	CLEANUP(hpke_sealer_release) struct hpke_sealer s = HPKE_SEALER_INIT;
	CLEANUP(hpke_opener_release) struct hpke_opener o = HPKE_OPENER_INIT;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	uint8_t public[HPKE_KEY] = { 1 }, enc[HPKE_ENC], box[HPKE_MORE];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		is_int(hpke_sealer_init(&s, &bad[i], public, sizeof(public), NULL, 0, &e), -1, "suite %zu is not ours", i);
		is_int(e.code, ERR_UNKNOWN_CRYPTO, "and says so");
	}
	is_int(hpke_sealer_init(&s, &good, public, sizeof(public) - 1, NULL, 0, &e), -1, "a short public key");
	is_int(e.code, ERR_CRYPTO, "is no key");
	is_int(hpke_sealer_init(&s, &good, public, sizeof(public), NULL, 0, NULL), 0, "a key of low order is taken");
	is_int(hpke_seal(&s, enc, box, NULL, 0, NULL, 0, &e), -1, "and seals nothing");
	hpke_sealer_release(&s);
	if (x25519_make(&key, public, NULL) == -1)
		return;
	is_int(hpke_sealer_init(&s, &good, public, sizeof(public), NULL, 0, NULL), 0, "no info");
	is_int(hpke_seal(&s, enc, box, NULL, 0, NULL, 0, NULL), 0, "an empty text");
	is_int(hpke_opener_init(&o, &good, &key, NULL, 0, NULL), 0, "its opener");
	is_int(hpke_open(&o, NULL, enc, sizeof(enc), NULL, 0, box, sizeof(box), NULL), 0, "opens to nothing");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		test_figures(&figures[i]);
	test_flips(HPKE_AEAD_AES128GCM);
	test_flips(HPKE_AEAD_CHACHA20POLY1305);
	test_edges();
	return done_testing();
}
