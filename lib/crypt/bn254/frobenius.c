#include "frobenius.h"

const struct fp2 frobenius_factor[3][5] = {
	{
		{
			{ { 0x2728380075e94f74, 0x144f87f9c79b1f6b, 0xd5910ffed2c92f70, 0x1830373ee92acf9f } },
			{ { 0x7fd7c7ff8a16b09f, 0x4cd178063864e0a8, 0xe4a33d812d36d098, 0x0cf32d4356d53061 } },
		},
		{
			{ { 0 } },
			{ { 0x056efc68e869fd55, 0x1c92209138d7ba61, 0xc0651cd3594d6466, 0x22a87debbfffffef } },
		},
		{
			{ { 0xfd55c5dc71674777, 0xc45a8b4e56d9569c, 0x5f0116472cae2274, 0x1aa6d99b1d115e0a } },
			{ { 0xfd55c5dc71674777, 0xc45a8b4e56d9569c, 0x5f0116472cae2274, 0x1aa6d99b1d115e0a } },
		},
		{
			{ { 0x746efc68e869fcd0, 0x74ab209138d7b9d7, 0xa8f6fe53594d642b, 0x1eb0be5bffffffe3 } },
			{ { 0 } },
		},
		{
			{ { 0x7d7dfddce75096d8, 0x778913481e7475f4, 0x7a5dd8c5ff7751dc, 0x0db3ac57c63c2da8 } },
			{ { 0x2982022318af693b, 0xe997ecb7e18b8a1f, 0x3fd674ba0088ae2b, 0x176fb82a79c3d259 } },
		},
	},
	{
		{
			{ { 0xa1910397179602be, 0x448edf6ec72845b2, 0xf9cf30aca6b29ba2, 0x027ae69680000011 } },
			{ { 0 } },
		},
		{
			{ { 0x3291039717960343, 0xec75df6ec728463c, 0x113d4f2ca6b29bdc, 0x0672a6264000001e } },
			{ { 0 } },
		},
		{
			{ { 0x9100000000000085, 0xa7e7000000000089, 0x176e1e800000003a, 0x03f7bf8fc000000c } },
			{ { 0 } },
		},
		{
			{ { 0x056efc68e869fd55, 0x1c92209138d7ba61, 0xc0651cd3594d6466, 0x22a87debbfffffef } },
			{ { 0 } },
		},
		{
			{ { 0x746efc68e869fcd0, 0x74ab209138d7b9d7, 0xa8f6fe53594d642b, 0x1eb0be5bffffffe3 } },
			{ { 0 } },
		},
	},
	{
		{
			{ { 0xa9aa3a238e98b89c, 0x9cc674b1a926a976, 0x5b333738d351dd93, 0x0a7c8ae722eea1f7 } },
			{ { 0xfd55c5dc71674777, 0xc45a8b4e56d9569c, 0x5f0116472cae2274, 0x1aa6d99b1d115e0a } },
		},
		{
			{ { 0 } },
			{ { 0x15ffffffffffff8e, 0xb939ffffffffff8a, 0xa2c62effffffffcd, 0x212ba4f27ffffff5 } },
		},
		{
			{ { 0xa9aa3a238e98b89c, 0x9cc674b1a926a976, 0x5b333738d351dd93, 0x0a7c8ae722eea1f7 } },
			{ { 0xa9aa3a238e98b89c, 0x9cc674b1a926a976, 0x5b333738d351dd93, 0x0a7c8ae722eea1f7 } },
		},
		{
			{ { 0x9100000000000085, 0xa7e7000000000089, 0x176e1e800000003a, 0x03f7bf8fc000000c } },
			{ { 0 } },
		},
		{
			{ { 0xfd55c5dc71674777, 0xc45a8b4e56d9569c, 0x5f0116472cae2274, 0x1aa6d99b1d115e0a } },
			{ { 0xa9aa3a238e98b89c, 0x9cc674b1a926a976, 0x5b333738d351dd93, 0x0a7c8ae722eea1f7 } },
		},
	},
};
