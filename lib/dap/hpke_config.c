/* HPKE configurations and ciphertexts. */
#include "../crypt/hpke/hpke.h"
#include "report.h"

static void
config_from(struct dap_hpke_config *out, struct dap_reader *r)
{
	out->id = dap_u8(r, "config: id");
	out->kem = dap_u16(r, "config: kem_id");
	out->kdf = dap_u16(r, "config: kdf_id");
	out->aead = dap_u16(r, "config: aead_id");
	out->public_key = dap_vec(r, 2, 1, "config: public_key");
}

int
dap_hpke_config_read(struct dap_hpke_config *out, struct dap_slice in,
    struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);

	config_from(out, &r);
	return dap_end(&r, f);
}

void
dap_hpke_config_put(struct buf *b, const struct dap_hpke_config *c)
{
	dap_put_u8(b, c->id);
	dap_put_u16(b, c->kem);
	dap_put_u16(b, c->kdf);
	dap_put_u16(b, c->aead);
	dap_put_vec(b, 2, c->public_key);
}

int
dap_hpke_configs_read(struct dap_hpke_config *out, size_t *n,
    struct dap_slice in, struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);
	struct dap_reader list = dap_reader(dap_vec(&r, 2, 1, "config list"));
	struct dap_hpke_config later;
	size_t got = 0;

	if (dap_end(&r, f) == -1)
		return -1;
	while (dap_more(&list)) {
		config_from(got < DAP_HPKE_CONFIGS_MAX ? &out[got] : &later,
		    &list);
		got += got < DAP_HPKE_CONFIGS_MAX;
	}
	if (dap_end(&list, f) == -1)
		return -1;
	*n = got;
	return 0;
}

void
dap_hpke_configs_put(struct buf *b, const struct dap_hpke_config *c, size_t n)
{
	size_t at = dap_open_vec(b, 2);

	for (size_t i = 0; i < n; i++)
		dap_hpke_config_put(b, &c[i]);
	dap_close_vec(b, 2, at);
}

const struct dap_hpke_config *
dap_hpke_config_pick(const struct dap_hpke_config *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct hpke_suite s = { c[i].kem, c[i].kdf, c[i].aead };

		if (hpke_suite_known(&s) && c[i].public_key.n == HPKE_KEY)
			return &c[i];
	}
	return NULL;
}

void
dap_ciphertext_from(struct dap_ciphertext *out, struct dap_reader *r)
{
	out->config_id = dap_u8(r, "ciphertext: config_id");
	out->enc = dap_vec(r, 2, 1, "ciphertext: enc");
	out->payload = dap_vec(r, 4, 1, "ciphertext: payload");
}

int
dap_ciphertext_read(struct dap_ciphertext *out, struct dap_slice in,
    struct dap_fault *f)
{
	struct dap_reader r = dap_reader(in);

	dap_ciphertext_from(out, &r);
	return dap_end(&r, f);
}

void
dap_ciphertext_put(struct buf *b, const struct dap_ciphertext *c)
{
	dap_put_u8(b, c->config_id);
	dap_put_vec(b, 2, c->enc);
	dap_put_vec(b, 4, c->payload);
}
