-- ops.primes: the pool of safe primes.
CREATE VIEW ops.primes AS
SELECT b.bits, count(p.id) AS ready, (SELECT s.value::int FROM core.setting s WHERE s.name = 'prime_pool_size') AS wanted, min(p.expires_at) AS next_expiry
  FROM unnest(ARRAY[1024, 1536]) b (bits) LEFT JOIN core.prime p ON p.bits = b.bits AND p.expires_at > clock_timestamp()
 GROUP BY b.bits ORDER BY b.bits;
COMMENT ON VIEW ops.primes IS 'the pool of safe primes';
COMMENT ON COLUMN ops.primes.bits IS 'size of a prime: half of the modulus';
COMMENT ON COLUMN ops.primes.ready IS 'primes that wait for a key';
COMMENT ON COLUMN ops.primes.wanted IS 'setting prime_pool_size';
COMMENT ON COLUMN ops.primes.next_expiry IS 'when the oldest of them goes unused';
