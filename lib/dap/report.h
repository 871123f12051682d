#ifndef DAP_REPORT_H
#define DAP_REPORT_H
#include "wire.h"
/*
 * Keys, ciphertexts and reports.  Functions that read return 0, or -1 with a
 * fault that names the field; out is undefined then.  Those that write append to
 * b and never fail but by b's bound.
 */
#define DAP_REPORT_ID	16	/* bytes */
#define DAP_TASK_ID	32

struct dap_hpke_config {
	uint8_t	id;
	uint16_t kem, kdf, aead;
	struct dap_slice public_key;
};
#define DAP_HPKE_CONFIG_MAX	128	/* bytes of one that we keep; ours have 41 */
#define DAP_HPKE_CONFIGS_MAX	32	/* of a list, that we look at */
int dap_hpke_config_read(struct dap_hpke_config *out, struct dap_slice in, struct dap_fault *f);
void dap_hpke_config_put(struct buf *b, const struct dap_hpke_config *c);
/* dap_hpke_configs_read(out, n, in, f): a list; out has DAP_HPKE_CONFIGS_MAX places,
 * *n are filled; later ones are only checked. */
int dap_hpke_configs_read(struct dap_hpke_config *out, size_t *n, struct dap_slice in, struct dap_fault *f);
void dap_hpke_configs_put(struct buf *b, const struct dap_hpke_config *c, size_t n);
/* dap_hpke_config_pick(c, n): the first whose suite we have; NULL: none. */
const struct dap_hpke_config *dap_hpke_config_pick(const struct dap_hpke_config *c, size_t n);

struct dap_ciphertext {
	uint8_t	config_id;
	struct dap_slice enc, payload;	/* neither is empty */
};
int dap_ciphertext_read(struct dap_ciphertext *out, struct dap_slice in, struct dap_fault *f);
void dap_ciphertext_put(struct buf *b, const struct dap_ciphertext *c);
void dap_ciphertext_from(struct dap_ciphertext *out, struct dap_reader *r);	/* inside other messages */

struct dap_metadata {
	const uint8_t *id;		/* DAP_REPORT_ID bytes */
	uint64_t time;			/* as on the wire: dap_time_s */
	struct dap_slice extensions;	/* well-formed (type, data) pairs; empty in 09 */
};
void dap_metadata_put(struct buf *b, const struct dap_profile *p, const struct dap_metadata *m);
/* dap_time_s(p, precision_s, time, s): a time or a duration of the wire in seconds;
 * false when it does not fit an int64_t. */
bool dap_time_s(const struct dap_profile *p, int64_t precision_s, uint64_t time, int64_t *s);
/* dap_time_wire(p, precision_s, s): seconds as the profile has them; what is not a
 * multiple of the precision is rounded down. */
uint64_t dap_time_wire(const struct dap_profile *p, int64_t precision_s, int64_t s);

struct dap_report {
	struct dap_metadata meta;
	struct dap_slice public_share;
	struct dap_ciphertext leader, helper;
	struct dap_slice whole;		/* its bytes */
};
int dap_report_read(const struct dap_profile *p, struct dap_report *out, struct dap_slice in, struct dap_fault *f);
void dap_report_put(struct buf *b, const struct dap_profile *p, const struct dap_report *r);
/*
 * The body of an upload: one report in 09, any number from one in 18.
 * dap_upload_check: whether the whole body is well formed; *n is the number of
 * reports.  dap_upload_next: 1 with the next of a checked body, 0 at its end.
 */
#define DAP_UPLOAD_MAX	1000	/* reports of an upload */
int dap_upload_check(const struct dap_profile *p, struct dap_slice in, size_t *n, struct dap_fault *f);
int dap_upload_next(const struct dap_profile *p, struct dap_slice *in, struct dap_report *out);
/* Profile 18: what the body of an answer says of reports that were refused. */
struct dap_upload_error {
	const uint8_t *id;
	enum dap_report_error why;
};
void dap_upload_error_put(struct buf *b, const struct dap_profile *p, const struct dap_upload_error *u);
int dap_upload_error_next(const struct dap_profile *p, struct dap_slice *in, struct dap_upload_error *out,
    struct dap_fault *f);	/* 1, 0 at the end, -1 */

/* What an opened input share holds. */
struct dap_input_share {
	struct dap_slice extensions, payload;
};
int dap_input_share_read(const struct dap_profile *p, struct dap_input_share *out, struct dap_slice in,
    struct dap_fault *f);
void dap_input_share_put(struct buf *b, const struct dap_input_share *s);
#define DAP_INPUT_SHARE_HEAD 6	/* bytes before the payload of one without extensions */
void dap_input_share_head(uint8_t out[DAP_INPUT_SHARE_HEAD], size_t payload);
/*
 * dap_extensions_refused(meta, share): we know no report extension, so a report
 * that has any, in either place, is invalid_message, whatever their order.
 */
bool dap_extensions_refused(const struct dap_metadata *meta, const struct dap_input_share *share);

/*
 * The associated data of an input share: task_config is the encoded
 * TaskConfiguration (dap_task_config_put), which 09 does not look at.
 */
void dap_input_share_aad_put(struct buf *b, const struct dap_profile *p, const uint8_t task_id[DAP_TASK_ID],
    struct dap_slice task_config, const struct dap_metadata *m, struct dap_slice public_share);

/* A checksum is the XOR of SHA-256 of report ids, zero at first. */
#define DAP_CHECKSUM	32	/* bytes */
void dap_checksum_add(uint8_t sum[DAP_CHECKSUM], const uint8_t id[DAP_REPORT_ID]);
#endif
