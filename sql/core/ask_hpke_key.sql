-- ask_hpke_key: a key of this node that may still open reports, or null.  Its time ends for
-- uploads (core.upload_judge), not for reports that were stored in it: core.scrub_keys.
CREATE FUNCTION core.ask_hpke_key(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT jsonb_build_object('config', core.b64(k.config), 'sealed_key', core.b64(k.sealed),
                            'sealed_at', jsonb_build_object('table', 'agg_hpke_key', 'id', k.config_id::text))
                     FROM core.agg_hpke_key k WHERE k.config_id = (a ->> 'config_id')::int AND k.sealed IS NOT NULL), 'null');
END $$;
