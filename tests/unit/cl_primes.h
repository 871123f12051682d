#ifndef TEST_CL_PRIMES_H
#define TEST_CL_PRIMES_H
#include "../../lib/crypt/bn/bn.h"
#include "../tap.h"
/*
 * Halves p' of safe primes 2p' + 1 of 1024 and of 1536 bits, for tests alone: a
 * key from them is nobody's secret.
 */
__attribute__((unused)) static const char half_p_2048[] =
    "62a303026edc9f80ab79f25c585e630f1206a40728021edeed39028e76e5c4d3"
    "bd19dda2871c8fd26a007d7f65438d009d9900eda606c73bc24534ea73cb1265"
    "4d3af3833daee8057273dbb89bfb7db5a4680a8e60dbb847c730f302bcc7c352"
    "8249185c1bee96709eff449ea9400d14d13c9deea45c54ac81a32f685ff6a74b";
__attribute__((unused)) static const char half_q_2048[] =
    "6938e726236686472996c61a281c28deb3cd206c87bff42092e3293d8d493a5c"
    "a192593bb682094510309f301b5227e54de12ab884c4870fcf912ccbae5c45f6"
    "b90141b21183dfca32e2385279e4bee39b0cb104e639f284514eaacca0fb4791"
    "75b81d4dd636d01c722d1a5874ca4b34819f467496662cec7dfcc4eabebacbab";
__attribute__((unused)) static const char half_p_3072[] =
    "7ee3bf3def04e78daf8288182e287578d08c0af37998776cfd7ca724ee150fd9"
    "f339f802bf413f92074b9a5e10909f68fe377dfb1da7f742e3fa0b66a5bbceae"
    "4f1a08335add02a752f62d7cce1143c1c1721d969a97e42ea3c422c60b886df8"
    "94ec43d582eb5ae476d5ff6721767b7649ce32acbb212288af40bab6a83be8d1"
    "cf4d9c25e8afe860fce2a5d7040d31106789783521b2f5e9cac1dd4d5466ecd5"
    "1f2c51972639ec10692d03920bfa26fcac4faaf3eb3de28eb74f60a4b28a8667";
__attribute__((unused)) static const char half_q_3072[] =
    "70b8ed56268891e2413da3d6219705a48c29c91d4ffee8747bc370357cdc3fb8"
    "3d3ad855ba0c1e62233223aca00672a22782cd107551856fcc85a1c3e6beb22d"
    "cb6c87c899e4e2c467c2d45ca2466abcec9ebea6e42919d8f52eeb1b95550c09"
    "2fcd2ff5c3b62bd9b8ec6173bf6226cde71c9ca43c18408e4a60e81c32677715"
    "a05ae938c32cbf95b2e05d7d52136a6e93dd3eea892cd92899d2ef606cb242cd"
    "190e433b107cef609097d72de46592d801202b100e2e120fb39c5ff28115d641";

/* cl_prime(out, hex): the number that one of them spells. */
__attribute__((unused)) static void
cl_prime(struct bn *out, const char *hex)
{
	uint8_t bytes[256];

	bn_from_bytes(out, bytes, unhex(bytes, hex));
}
#endif
