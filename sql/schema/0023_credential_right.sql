-- Which kinds of jobs may ask and write what: a runner that is not itself any more
-- (it parses what strangers made) reaches no further than its kind has to.
ALTER TABLE core.cred_call ADD COLUMN kinds text NOT NULL DEFAULT '^(issuer|holder|verifier|wallet|did|crypto)\.';    -- a pattern of their names
ALTER TABLE core.cred_op ADD COLUMN kinds text NOT NULL DEFAULT '^(issuer|holder|wallet|did|crypto)\.';
UPDATE core.cred_call c SET kinds = x.kinds FROM (VALUES
  ('record_page',   '^wallet\.export$'),
  ('import_put',    '^wallet\.import$'),
  ('rev_state',     '^issuer\.(create_credential|revoke|unrevoke|update_status_list)$'),
  ('rev_index',     '^issuer\.create_credential$'),
  ('offer_take',    '^issuer\.create_credential$'),
  ('request_nonce', '^verifier\.')) x (call, kinds) WHERE x.call = c.call;
UPDATE core.cred_op o SET kinds = x.kinds FROM (VALUES
  ('wallet_new',    '^wallet\.create$'),
  ('import_commit', '^wallet\.import$'),
  ('wallet_keys',   '^wallet\.rekey$'),
  ('wallet_delete', '^wallet\.delete$'),
  ('unlock',        '^wallet\.unlock$'),
  ('lock',          '^wallet\.lock$'),
  ('schema',        '^issuer\.create_schema$'),
  ('cred_def',      '^issuer\.create_cred_def$'),
  ('cred_def_next', '^issuer\.rotate_cred_def_start$'),
  ('cred_def_apply', '^issuer\.rotate_cred_def_apply$'),
  ('rev_reg',       '^issuer\.create_rev_reg$'),
  ('rev_change',    '^issuer\.(create_credential|revoke|unrevoke|update_status_list)$'),
  ('offer',         '^issuer\.create_offer$'),
  ('request_nonce', '^verifier\.'),
  ('prime',         '^primes\.fill$'),
  ('tails',         '^tails\.verify$'),
  ('export',        '^wallet\.export$')) x (op, kinds) WHERE x.op = o.op;
