#include "stage.h"

const char *const prio_json_style_name[PRIO_JSON_STYLE_MAX] = {
	[PRIO_JSON_COMPACT] = "compact",
	[PRIO_JSON_PROCESSOR] = "prio-processor",
};
const char *const prio_outcome_name[PRIO_OUTCOME_MAX] = {
	[PRIO_BAD_JSON] = "bad_json",
	[PRIO_BAD_BASE64] = "bad_base64",
	[PRIO_SHORT] = "short",
	[PRIO_DECRYPT] = "decrypt",
	[PRIO_MSGPACK] = "msgpack",
	[PRIO_RANGE] = "range",
	[PRIO_BATCH] = "batch",
	[PRIO_SERVER] = "server",
	[PRIO_LENGTH] = "length",
	[PRIO_DUPLICATE_ID] = "duplicate_id",
	[PRIO_NO_PEER] = "no_peer",
	[PRIO_INVALID] = "invalid",
	[PRIO_ACCEPTED] = "accepted",
};

void
prio_tally_add(struct prio_tally *t, enum prio_outcome what, const uint8_t id[SHA256_LEN])
{
	t->outcome[what]++;
	if (what != PRIO_ACCEPTED)
		return;
	t->accepted.count++;
	for (size_t i = 0; i < SHA256_LEN; i++)
		t->accepted.checksum[i] ^= id[i];
}

void
prio_tally_merge(struct prio_tally *t, const struct prio_tally *part)
{
	t->total += part->total;
	for (size_t i = 0; i < PRIO_OUTCOME_MAX; i++)
		t->outcome[i] += part->outcome[i];
	prio_set_merge(&t->accepted, &part->accepted);
}

int64_t
prio_tally_errors(const struct prio_tally *t)
{
	return t->total - t->outcome[PRIO_ACCEPTED];
}

void
prio_tally_before(struct prio_tally *t, const struct prio_tally *before)
{
	t->total = before->total;
	for (size_t i = 0; i < PRIO_OUTCOME_MAX; i++)
		if (i != PRIO_ACCEPTED)
			t->outcome[i] += before->outcome[i];
}
