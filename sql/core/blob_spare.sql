-- blob_spare(place): the blob is kept elsewhere: this object goes.
CREATE FUNCTION core.blob_spare(p_place uuid)
RETURNS void LANGUAGE sql AS $$
  UPDATE core.blob_place p SET state = 'dead', at = clock_timestamp()
   WHERE p.place = p_place AND p.state <> 'dead'
     AND NOT EXISTS (SELECT FROM core.blob b WHERE b.place = p_place)
$$;
