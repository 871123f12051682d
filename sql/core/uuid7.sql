-- uuid7(): time-ordered id, 48 bits of milliseconds and 74 random ones.  A
-- version-4 uuid with another beginning: the bits 52 and 53 make its version 7.
-- One SQL expression, so that callers have it inlined.
CREATE FUNCTION core.uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
           substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
