-- cred_blob_fault({for, hash, size}): what is wrong with an upload, NULL: nothing.  A
-- tails file has 2 bytes and an odd number of points of 128, up to those of a
-- registry of 1,000,000.
CREATE FUNCTION core.cred_blob_fault(r jsonb) RETURNS core.answer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN r ->> 'for' IS NULL OR r ->> 'for' NOT IN ('tails', 'import') THEN core.refuse('VALIDATION_ERROR', 'for: tails or import')
    WHEN r ->> 'for' = 'tails' AND coalesce(r ->> 'hash', '') !~ '^[1-9A-HJ-NP-Za-km-z]{32,44}$' THEN core.refuse('VALIDATION_ERROR', 'hash: a SHA-256 in base58')
    WHEN r ->> 'for' = 'tails' AND ((r ->> 'size')::bigint % 256 <> 130 OR (r ->> 'size')::bigint NOT BETWEEN 642 AND 256000130)
      THEN core.refuse('TAILS_MISMATCH', 'no tails file has this length') END;
END $$;
